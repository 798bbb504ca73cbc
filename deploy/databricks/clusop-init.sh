#!/bin/bash
# Cluster-scoped init script: arms clusop on a Databricks driver through Spark conf.
#
# What it does, on the driver only: finds the listener's jar, puts it where the driver's class path has it, checks its SHA-256
# there, and only then writes one conf file that appends the listener to the entries of spark.extraListeners that are there.
# A class that is named and missing stops the cluster; so nothing is named before the jar is known to be whole.
#
# It never fails a cluster's start: whatever happens it exits 0, and says so in one line of its log file.
#
# Settings, from the cluster's environment (spark_env_vars) or, where that does not reach init scripts (Standard access mode from
# DBR 19), from the file clusop-init.env beside this script, as NAME=value lines:
#   CLUSOP_SOURCE     directory (Volume or workspace) or wheel with the jars and jars.json; default: this script's directory
#   CLUSOP_JARS_SHA256  SHA-256 of jars.json, to pin the release: without it jars.json is trusted as it lies in CLUSOP_SOURCE
#   CLUSOP_INIT       "undo" takes everything back at the next start; "off" does nothing
#   CLUSOP_KILL_FILE  while this file exists the script does nothing
#   CLUSOP_LISTENERS  entries to keep in front of ours, where the cluster's conf sets spark.extraListeners itself
# Settings of the agent itself (spark.clusop.…) belong into the cluster's Spark conf.

set -u

# Only tests set this: the root of a pretended file system.
ROOT="${CLUSOP_TEST_ROOT:-}"
JAR_DIR="$ROOT/databricks/jars"
CONF_DIR="$ROOT/databricks/driver/conf"
CONF="$CONF_DIR/99-clusop.conf"
LOG="$ROOT/databricks/driver/logs/clusop-init.log"
LISTENER="com.clusop.listener.PhotonFallbackListener"
# Databricks' own entry: where it is dropped, the Spark UI of a terminated cluster is empty.
DEFAULT_LISTENERS="com.databricks.backend.daemon.driver.DBCEventLoggingListener"

HERE=$(cd "$(dirname "${BASH_SOURCE[0]:-$0}")" 2>/dev/null && pwd) || HERE="."
WORK=""

say() {
  { mkdir -p "$(dirname "$LOG")" && printf '%s clusop-init: %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*" >>"$LOG"; } 2>/dev/null
  return 0
}

# Says why and leaves. The exit code is 0: anything else would stop the cluster.
leave() {
  say "$*"
  exit 0
}

clean() {
  [ -n "$WORK" ] && rm -rf "$WORK" 2>/dev/null
  exit 0
}
# Also where something unforeseen ends the script: never another exit code.
trap clean EXIT

read_settings_file() {
  local file="$HERE/clusop-init.env" line name value
  [ -r "$file" ] || return 0
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
  done <"$file" 2>/dev/null
  return 0
}

undo() {
  # The conf first: a cluster that names the class and lacks the jar does not start.
  rm -f "$CONF" 2>/dev/null || return 1
  rm -f "$JAR_DIR"/clusop-listener_2.1[23].jar 2>/dev/null
  return 0
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
  for found in "$ROOT"/databricks/jars/*scala-library*2.1[23]* "$ROOT"/databricks/jars/*scala-library_2.1[23]*; do
    case "$found" in
      *"*"*) ;;
      *2.13*) printf '2.13' && return 0 ;;
      *2.12*) printf '2.12' && return 0 ;;
    esac
  done
  return 1
}

sha256() {
  { sha256sum "$1" 2>/dev/null || shasum -a 256 "$1" 2>/dev/null; } | cut -c1-64
}

# The hash that jars.json tells of a jar. The file is written by our own build: one member a line, "file" before "sha256".
listed_sha256() {
  tr -d ' "\t' <"$1" 2>/dev/null | tr ',{}' '\n\n\n' |
    awk -F: -v jar="$2" '$1 == "file" { here = ($2 == jar) } $1 == "sha256" && here { print $2; exit }'
}

# Brings jars.json and one jar from a directory or out of a wheel into $WORK.
fetch() {
  local source="$1" name="$2"
  case "$source" in
    *.whl)
      local python=/databricks/python3/bin/python3
      [ -x "$python" ] || python=python3
      "$python" -I - "$source" "$WORK" "$name" 2>/dev/null <<'PYTHON'
import pathlib, sys, zipfile
wheel, work, name = sys.argv[1:]
with zipfile.ZipFile(wheel) as opened:
    for member in ("jars.json", name):
        pathlib.Path(work, member).write_bytes(opened.read(f"clusop/jars/{member}"))
PYTHON
      ;;
    *) cp "$source/jars.json" "$source/$name" "$WORK/" 2>/dev/null ;;
  esac
}

# The listeners to keep: what this image and other init scripts already name, once each, without ours.
kept_listeners() {
  local all="${CLUSOP_LISTENERS:-}" file found
  if [ -z "$all" ]; then
    for file in "$CONF_DIR"/*.conf; do
      [ -f "$file" ] && [ -r "$file" ] && [ "$file" != "$CONF" ] || continue
      found=$(sed -n 's/^[^#]*"\{0,1\}spark\.extraListeners"\{0,1\}[[:space:]]*[=:[:space:]][[:space:]]*"\{0,1\}\([A-Za-z0-9_.$, ]*\).*$/\1/p' "$file" 2>/dev/null)
      all="$all,$found"
    done
    all="$DEFAULT_LISTENERS,$all"
  fi
  printf '%s' "$all" | tr ' \n' ',,' | tr ',' '\n' | awk -v ours="$LISTENER" 'NF && $0 != ours && !seen[$0]++' | paste -sd, -
}

read_settings_file
[ "${DB_IS_DRIVER:-}" = "TRUE" ] || exit 0
case "${CLUSOP_INIT:-}" in
  off) leave "off: CLUSOP_INIT=off" ;;
  undo)
    undo || leave "undo: the conf $CONF could not be removed"
    leave "undo: the conf and the jars are removed"
    ;;
esac
if [ -n "${CLUSOP_KILL_FILE:-}" ] && [ -e "$ROOT$CLUSOP_KILL_FILE" ]; then
  undo
  leave "off: the kill file $CLUSOP_KILL_FILE exists"
fi

SCALA=$(scala_version) || leave "not armed: the image does not tell its Scala version"
NAME="clusop-listener_$SCALA.jar"
SOURCE="${CLUSOP_SOURCE:-$HERE}"
WORK=$(mktemp -d 2>/dev/null) || leave "not armed: no temporary directory can be made"
fetch "$SOURCE" "$NAME" || leave "not armed: $SOURCE does not hold jars.json and $NAME"

if [ -n "${CLUSOP_JARS_SHA256:-}" ] && [ "$(sha256 "$WORK/jars.json")" != "$CLUSOP_JARS_SHA256" ]; then
  leave "not armed: jars.json is not the one that CLUSOP_JARS_SHA256 names"
fi
WANTED=$(listed_sha256 "$WORK/jars.json" "$NAME")
[ "${#WANTED}" -eq 64 ] || leave "not armed: jars.json tells no SHA-256 of $NAME"

# Whatever an earlier run left is taken back first, the conf before the jar.
undo || leave "not armed: the conf of an earlier start cannot be removed"
mkdir -p "$JAR_DIR" "$CONF_DIR" 2>/dev/null
if ! cp "$WORK/$NAME" "$JAR_DIR/$NAME" 2>/dev/null; then
  undo
  leave "not armed: $NAME cannot be copied to $JAR_DIR"
fi
chmod 0644 "$JAR_DIR/$NAME" 2>/dev/null
# In place: what is checked is what the driver will load.
if [ "$(sha256 "$JAR_DIR/$NAME")" != "$WANTED" ]; then
  undo
  leave "not armed: $NAME in $JAR_DIR is not the jar that jars.json tells of"
fi

KEPT=$(kept_listeners)
CONTENT="[driver] {
  \"spark.extraListeners\" = \"${KEPT:+$KEPT,}$LISTENER\"
}"
# Under another name first: a conf cut off in the middle is one the driver cannot read.
if ! { printf '%s\n' "$CONTENT" >"$CONF.part" && [ "$(head -c 65536 "$CONF.part")" = "$CONTENT" ] && mv "$CONF.part" "$CONF"; } 2>/dev/null; then
  rm -f "$CONF.part" 2>/dev/null
  undo
  leave "not armed: $CONF cannot be written"
fi
leave "armed: $NAME ($WANTED), listeners ${KEPT:+$KEPT,}$LISTENER"
