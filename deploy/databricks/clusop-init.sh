#!/bin/bash
# The first lines end in "#" and ask before anything else is read: another shell, or a file with Windows' line ends, arms nothing.
[ -n "${BASH_VERSION:-}" ] || exit 0 #
NEWLINE="
"
[ "${#NEWLINE}" -eq 1 ] || exit 0 #
# Also for a script cut off in the middle: any other exit code stops the cluster.
trap 'exit 0' EXIT
trap 'exit 0' HUP INT PIPE TERM

# Cluster-scoped init script: arms clusop on a Databricks driver through Spark conf.
#
# What it does, on the driver only: finds the listener's jar, puts it where the driver's class path has it, checks its SHA-256
# there, and only then writes one conf file that appends the listener to the entries of spark.extraListeners that are there.
#
# A class that is named and missing stops the cluster. So besides our own, whose jar has been checked, it names only what the
# conf files name in a form it understands whole, or what a jar beside ours is seen to hold. Anything else: "not armed".
#
# It never fails a cluster's start and never holds it up for long: every access has a limit, the whole has a limit, and whatever
# happens it exits 0 and says so in one line of its log file.
#
# Settings, from the cluster's environment (spark_env_vars); or, where that does not reach init scripts (Standard access mode
# from DBR 19), from the file clusop-init.env beside this script, as NAME=value lines, or written in here:
# (settings of this roll-out go here, such as CLUSOP_SOURCE="${CLUSOP_SOURCE:-/Volumes/main/ops/clusop}")
#   CLUSOP_SOURCE     directory (Volume or workspace) or wheel with the jars and jars.json; default: this script's directory
#   CLUSOP_JARS_SHA256  SHA-256 of jars.json, to pin the release: without it jars.json is trusted as it lies in CLUSOP_SOURCE
#   CLUSOP_INIT       "undo" or "off": what an earlier start left is taken back, nothing is armed
#   CLUSOP_KILL_FILE  while this file exists the same
#   CLUSOP_LISTENERS  entries that the cluster has by default or by its own Spark conf, which cannot be seen from here; each must
#                     be in a jar of /databricks/jars. "none": there are none
# Settings of the agent itself (spark.clusop.…) belong into the cluster's Spark conf.

# Only tests set these: the root of a pretended file system, and shorter limits.
ROOT="${CLUSOP_TEST_ROOT:-}"
ACCESS_S="${CLUSOP_TEST_ACCESS_S:-20}"
WHOLE_S="${CLUSOP_TEST_WHOLE_S:-60}"

JAR_DIR="$ROOT/databricks/jars"
CONF_DIR="$ROOT/databricks/driver/conf"
# Read last: the files are taken in the order of their names, and the last one counts.
CONF_NAME="zzz-clusop.conf"
CONF="$CONF_DIR/$CONF_NAME"
LOG="$ROOT/databricks/driver/logs/clusop-init.log"
LISTENER="com.clusop.listener.PhotonFallbackListener"
LISTENER_FILE="com/clusop/listener/PhotonFallbackListener.class"
# A name of its own: a jar that somebody else put there and names is never touched.
JAR_STEM="clusop-init_"
MOST_JAR_BYTES=67108864
MOST_TEXT_BYTES=1048576
HERE="${BASH_SOURCE[0]:-$0}"
case "$HERE" in */*) HERE="${HERE%/*}" ;; *) HERE="." ;; esac
WORK=""
WHY=""
KEPT=""

CLASS='^([A-Za-z_$][A-Za-z0-9_$]*\.)+[A-Za-z_$][A-Za-z0-9_$]*$'
# The lines of a conf file that this script understands, besides blank ones and whole-line comments.
SECTION='^\[driver\][[:blank:]]*\{$'
SECTION_ON_ONE_LINE='^\[driver\][[:blank:]]*\{(.*)\}$'
ASSIGNED='^("[A-Za-z0-9_.-]+"|[A-Za-z0-9_.-]+)[[:blank:]]*[=:][[:blank:]]*("[^"\]*"|[A-Za-z0-9_.$/-]+)[[:blank:]]*,?$'
PROPERTY='^([A-Za-z0-9_.-]+)([[:blank:]]*[=:][[:blank:]]*|[[:blank:]]+)([^]"\{}[]*)$'

say() {
  local told="$*"
  { mkdir -p "${LOG%/*}" && printf '%s clusop-init: %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "${told//[^ -~]/?}" >>"$LOG"; } 2>/dev/null
  return 0
}

# Says why and leaves.
leave() {
  say "$*"
  exit 0
}

bounded() {
  timeout -k 1 "$ACCESS_S" "$@"
}

# What became of a bounded command that ended with $1, in words for WHY; its errors are in $WORK/err.
why_ended() {
  case "$1" in
    124 | 137) WHY="does not answer within $ACCESS_S s" ;;
    *)
      WHY=$(tail -n 1 "$WORK/err" 2>/dev/null)
      WHY="cannot be read (${WHY##*: })"
      ;;
  esac
}

# Whether a command that ended with $1 says that there is no such file; a missing command says so too, but ends otherwise.
is_absent() {
  [ "$1" -eq 1 ] && grep -qsE ': (No such file or directory|Not a directory)$' "$WORK/err"
}

# Copies at most $3 bytes of file $1 to $2. 1: there is no such file; 2: WHY it cannot be read.
take() {
  local ended
  bounded head -c "$3" -- "$1" >"$2" 2>"$WORK/err"
  ended=$?
  [ "$ended" -eq 0 ] && return 0
  why_ended "$ended"
  is_absent "$ended" && return 1
  return 2
}

# The conf first: a cluster that names the class and lacks the jar does not start.
undo_conf() {
  rm -f "$CONF" "$CONF.part" 2>/dev/null
  [ ! -e "$CONF" ] && [ ! -L "$CONF" ]
}

# For the same reason the jar stays where somebody else's conf names our class, or may name it.
undo() {
  local file
  undo_conf || return 1
  rm -f "$JAR_DIR/$JAR_STEM"*.part 2>/dev/null
  for file in "$CONF_DIR"/*.conf "$CONF_DIR"/.*.conf; do
    [ -e "$file" ] || continue
    bounded grep -aqF "$LISTENER" "$file"
    [ $? -eq 1 ] || return 0
  done
  rm -f "$JAR_DIR/$JAR_STEM"2.1[23].jar 2>/dev/null
  return 0
}

read_settings_file() {
  local line name value
  take "$HERE/clusop-init.env" "$WORK/env" "$MOST_TEXT_BYTES"
  case $? in
    1) return 0 ;;
    2) leave "not armed: $HERE/clusop-init.env $WHY" ;;
  esac
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%$'\r'}
    name=${line%%=*}
    value=${line#*=}
    # Read, never run: a settings file is no program. The environment wins.
    case "$name" in
      CLUSOP_SOURCE) CLUSOP_SOURCE="${CLUSOP_SOURCE:-$value}" ;;
      CLUSOP_JARS_SHA256) CLUSOP_JARS_SHA256="${CLUSOP_JARS_SHA256:-$value}" ;;
      CLUSOP_INIT) CLUSOP_INIT="${CLUSOP_INIT:-$value}" ;;
      CLUSOP_KILL_FILE) CLUSOP_KILL_FILE="${CLUSOP_KILL_FILE:-$value}" ;;
      CLUSOP_LISTENERS) CLUSOP_LISTENERS="${CLUSOP_LISTENERS:-$value}" ;;
    esac
  done <"$WORK/env"
}

# Leaves unless the kill file is known not to be there.
ask_kill_file() {
  local file="${CLUSOP_KILL_FILE:-}" ended
  [ -n "$file" ] || return 0
  case "$file" in
    /*) ;;
    *) leave "not armed: CLUSOP_KILL_FILE is no absolute path" ;;
  esac
  bounded stat -L -- "$ROOT$file" >/dev/null 2>"$WORK/err"
  ended=$?
  [ "$ended" -eq 0 ] && leave "off: the kill file $file exists"
  is_absent "$ended" && return 0
  why_ended "$ended"
  leave "not armed: the kill file $file $WHY"
}

# 2.12 or 2.13. The environment of the image says it; else the jars of Spark do.
scala_version() {
  local told="${SPARK_SCALA_VERSION:-${SCALA_VERSION:-}}" found
  case "$told" in
    2.12* | 2.13*)
      printf '%.4s' "$told"
      return 0
      ;;
  esac
  for found in "$JAR_DIR"/*scala-library*2.1[23]*; do
    case "${found##*/}" in
      *"*"*) ;;
      *2.13*) printf '2.13' && return 0 ;;
      *2.12*) printf '2.12' && return 0 ;;
    esac
  done
  return 1
}

sha256() {
  { sha256sum "$1" || shasum -a 256 "$1"; } 2>/dev/null | cut -c1-64
}

# The hash that jars.json tells of a jar. The file is written by our own build: one member a line, "file" before "sha256".
listed_sha256() {
  tr -d ' "\t' <"$1" 2>/dev/null | tr ',{}' '\n\n\n' |
    awk -F: -v jar="$2" '$1 == "file" { here = ($2 == jar) } $1 == "sha256" && here { print $2; exit }'
}

# Isolated and without site: no .pth file runs.
python() {
  local found=/databricks/python3/bin/python3
  [ -x "$found" ] || found=python3
  bounded "$found" -I -S - "$@" 2>"$WORK/err"
}

# Brings jars.json and one jar from a directory or out of a wheel into $WORK; WHY not.
fetch() {
  local source="$1" name="$2" file
  case "$source" in
    *.whl)
      python "$source" "$WORK" "$name" <<'PYTHON' && return 0
import pathlib, sys, zipfile
wheel, work, name = sys.argv[1:]
with zipfile.ZipFile(wheel) as opened:
    for member in ("jars.json", name):
        pathlib.Path(work, member).write_bytes(opened.read(f"clusop/jars/{member}"))
PYTHON
      why_ended $?
      return 1
      ;;
  esac
  for file in jars.json "$name"; do
    take "$source/$file" "$WORK/$file" "$MOST_JAR_BYTES" || return 1
  done
}

# The classes among $@ that no jar of the driver's class path holds, into $WORK/missing.
find_missing() {
  python "$JAR_DIR" "$@" >"$WORK/missing" <<'PYTHON'
import pathlib, sys, zipfile
folder, *wanted = sys.argv[1:]
missing = {name.replace(".", "/") + ".class": name for name in wanted}
for jar in pathlib.Path(folder).glob("*.jar"):
    if not missing:
        break
    try:
        with zipfile.ZipFile(jar) as opened:
            for found in missing.keys() & set(opened.namelist()):
                del missing[found]
    except (OSError, ValueError, zipfile.BadZipFile):
        pass
print(",".join(missing.values()))
PYTHON
}

# The classes of a list as ",a.B,c.D," into LIST, without ours; 1: something there is no class name.
LIST=""
read_list() {
  local rest="$1," one
  LIST=","
  while [ -n "$rest" ]; do
    one=${rest%%,*}
    rest=${rest#*,}
    one=${one#"${one%%[![:blank:]]*}"}
    one=${one%"${one##*[![:blank:]]}"}
    [ -n "$one" ] || continue
    [[ $one =~ $CLASS ]] || return 1
    case "$LIST" in *",$one,"*) continue ;; esac
    [ "$one" = "$LISTENER" ] || LIST="$LIST$one,"
  done
}

# Reads $WORK/conf, which names the key: the list it gives, into LIST. 1: it has something that is not understood.
read_conf() {
  local line key value in_section="" closes="" found=""
  while IFS= read -r line || [ -n "$line" ]; do
    line=${line%$'\r'}
    line=${line#"${line%%[![:blank:]]*}"}
    line=${line%"${line##*[![:blank:]]}"}
    case "$line" in "" | "#"* | "//"*) continue ;; esac
    if [ -z "$in_section" ] && [[ $line =~ $SECTION ]]; then
      in_section=1
      continue
    fi
    if [ -n "$in_section" ] && [ "$line" = "}" ]; then
      in_section=""
      continue
    fi
    closes=""
    if [ -z "$in_section" ] && [[ $line =~ $SECTION_ON_ONE_LINE ]]; then
      line=${BASH_REMATCH[1]}
      line=${line#"${line%%[![:blank:]]*}"}
      line=${line%"${line##*[![:blank:]]}"}
      in_section=1 closes=1
    fi
    if [[ $line =~ $ASSIGNED ]]; then
      key=${BASH_REMATCH[1]//\"/} value=${BASH_REMATCH[2]//\"/}
    elif [ -z "$in_section" ] && [[ $line =~ $PROPERTY ]]; then
      key=${BASH_REMATCH[1]} value=${BASH_REMATCH[3]}
    else
      return 1
    fi
    [ -z "$closes" ] || in_section=""
    # "include other" would be a property by its looks.
    [ "$key" != "include" ] || return 1
    case "$line" in *extraListeners*) ;; *) continue ;; esac
    [ "$key" = "spark.extraListeners" ] && [ -z "$found" ] || return 1
    read_list "$value" || return 1
    found=1
  done <"$WORK/conf"
  [ -n "$found" ] && [ -z "$in_section" ]
}

# The listeners to keep, into KEPT: what the conf files name and what the owner tells, once each, without ours; else WHY not.
keep_listeners() {
  local file name one list lists=() kept="," unproved=()
  for file in "$CONF_DIR"/*.conf "$CONF_DIR"/.*.conf; do
    name=${file##*/}
    [ "$name" != "$CONF_NAME" ] && { [ -e "$file" ] || [ -L "$file" ]; } || continue
    take "$file" "$WORK/conf" "$MOST_TEXT_BYTES"
    case $? in
      1) continue ;;
      2)
        WHY="$name in $CONF_DIR $WHY"
        return 1
        ;;
    esac
    tr -d '\000' <"$WORK/conf" | grep -avE '^[[:space:]]*(#|//)' | grep -aq extraListeners || continue
    if [ "$(tr -d '\000' <"$WORK/conf" | wc -c)" -ne "$(wc -c <"$WORK/conf")" ] || [ "$(wc -c <"$WORK/conf")" -ge "$MOST_TEXT_BYTES" ] ||
      ! read_conf; then
      WHY="$name in $CONF_DIR names listeners in a form that this script does not read"
      return 1
    fi
    if [[ $name > $CONF_NAME ]]; then
      WHY="$name in $CONF_DIR names listeners and is read after $CONF_NAME"
      return 1
    fi
    lists+=("$LIST")
  done
  if ! read_list "${CLUSOP_LISTENERS/#none/}"; then
    WHY="CLUSOP_LISTENERS holds something that is no class name"
    return 1
  fi
  if [ "${#lists[@]}" -eq 0 ] && [ -z "${CLUSOP_LISTENERS:-}" ]; then
    WHY="no file in $CONF_DIR names the listeners that are there; tell them in CLUSOP_LISTENERS (Spark UI, Environment, spark.extraListeners)"
    return 1
  fi
  local told="$LIST" all="" rest is_proved
  for list in "${lists[@]}"; do all="$all$list"; done
  rest="$all$told"
  while [ -n "$rest" ]; do
    one=${rest%%,*}
    rest=${rest#*,}
    case "$one,$kept" in ,* | "$one,"*",$one,"*) continue ;; esac
    kept="$kept$one,"
    # Only one of several files counts, and which is not proved: what all of them name is loaded either way.
    is_proved="${#lists[@]}"
    for list in "${lists[@]}"; do
      case "$list" in *",$one,"*) ;; *) is_proved=0 ;; esac
    done
    [ "$is_proved" -gt 0 ] || unproved+=("$one")
  done
  if [ "${#unproved[@]}" -gt 0 ]; then
    if ! find_missing "${unproved[@]}"; then
      WHY="the jars in $JAR_DIR cannot be searched for ${unproved[*]}"
      return 1
    fi
    if [ -n "$(<"$WORK/missing")" ]; then
      WHY="no jar in $JAR_DIR holds $(<"$WORK/missing")"
      return 1
    fi
  fi
  KEPT=${kept#,}
}

arm() {
  local scala name source jar wanted content
  undo || leave "not armed, but $CONF of an earlier start cannot be removed"
  read_settings_file
  case "${CLUSOP_INIT:-}" in
    "") ;;
    off | undo) leave "${CLUSOP_INIT}: nothing is armed, what an earlier start left is removed" ;;
    *) leave "not armed: CLUSOP_INIT is neither off nor undo" ;;
  esac
  ask_kill_file
  scala=$(scala_version) || leave "not armed: the image does not tell its Scala version"
  # A folder that has to be made is on no class path, and one without Spark's jars hardly is.
  [ -d "$CONF_DIR" ] && compgen -G "$JAR_DIR/*.jar" >/dev/null ||
    leave "not armed: this image has no $CONF_DIR or no jars in $JAR_DIR; this script does not know it"

  name="clusop-listener_$scala.jar"
  source="${CLUSOP_SOURCE:-$HERE}"
  fetch "$source" "$name" || leave "not armed: $source with jars.json and $name $WHY"
  if [ -n "${CLUSOP_JARS_SHA256:-}" ] && [ "$(sha256 "$WORK/jars.json")" != "$CLUSOP_JARS_SHA256" ]; then
    leave "not armed: jars.json is not the one that CLUSOP_JARS_SHA256 names"
  fi
  wanted=$(listed_sha256 "$WORK/jars.json" "$name")
  [[ $wanted =~ ^[0-9a-f]+$ ]] && [ "${#wanted}" -eq 64 ] || leave "not armed: jars.json tells no SHA-256 of $name"
  # A list and a jar that agree may still be somebody else's.
  grep -aqF "$LISTENER_FILE" "$WORK/$name" || leave "not armed: $name in $source holds no $LISTENER"
  keep_listeners || leave "not armed: $WHY"

  jar="$JAR_DIR/$JAR_STEM$scala.jar"
  # Under a name that no class path takes first; the check is made in place: what is checked is what the driver will load.
  if ! { cp "$WORK/$name" "$jar.part" && chmod 0644 "$jar.part" && [ "$(sha256 "$jar.part")" = "$wanted" ] && mv -f "$jar.part" "$jar"; }; then
    undo
    leave "not armed: $name cannot be copied to $JAR_DIR, or is not the jar that jars.json tells of"
  fi
  if [ "$(sha256 "$jar")" != "$wanted" ]; then
    undo
    leave "not armed: $jar is not the jar that jars.json tells of"
  fi
  content="[driver] {
  \"spark.extraListeners\" = \"$KEPT$LISTENER\"
}"
  # Under another name first: a conf cut off in the middle is one the driver cannot read.
  if ! { printf '%s\n' "$content" >"$CONF.part" && [ "$(head -c 65536 "$CONF.part")" = "$content" ] && chmod 0644 "$CONF.part" && mv -f "$CONF.part" "$CONF"; }; then
    undo
    leave "not armed: $CONF cannot be written"
  fi
  leave "written: $CONF, listeners $KEPT$LISTENER, $jar ($wanted${CLUSOP_JARS_SHA256:+, pinned})"
}

main() {
  local worker ended_at
  [ "${DB_IS_DRIVER:-}" = "TRUE" ] || return 0
  # The caller's shell options come along in SHELLOPTS.
  set +eufxvn +o noclobber +o pipefail +o posix
  shopt -u nullglob failglob dotglob nocasematch
  export LC_ALL=C
  PATH="$PATH:/usr/local/bin:/usr/bin:/bin"
  command -v timeout >/dev/null || leave "not armed: this image has no timeout command"
  WORK=$(mktemp -d "$ROOT/tmp/clusop-init.XXXXXXXX") || leave "not armed: no temporary directory can be made"
  # A process that a dead Volume holds cannot be ended, not even by timeout; so nobody waits for it.
  set -m
  arm &
  worker=$!
  set +m
  ended_at=$((SECONDS + WHOLE_S))
  while kill -0 "$worker"; do
    if [ "$SECONDS" -ge "$ended_at" ]; then
      kill -9 -- "-$worker"
      sleep 0.2
      if undo_conf; then say "not armed: it took longer than $WHOLE_S s"; else say "not armed in time, but $CONF cannot be removed"; fi
      break
    fi
    sleep 0.1
  done
  rm -rf "$WORK"
}

main </dev/null >/dev/null 2>&1
exit 0
