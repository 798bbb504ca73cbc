package com.clusop.listener.deliver

import java.io.IOException
import java.nio.ByteBuffer
import java.nio.channels.FileChannel
import java.nio.charset.StandardCharsets.US_ASCII
import java.nio.file.attribute.{BasicFileAttributes, FileAttribute}
import java.nio.file.{AtomicMoveNotSupportedException, Files, LinkOption, OpenOption, Path, Paths}
import java.nio.file.{StandardCopyOption, StandardOpenOption}
import java.util.regex.Pattern

/** Immutable files of records: `clusop-<agent>-<first>-<last>.jsonl`, written under another name, flushed to disk, renamed.
  *
  * The same name always holds the same bytes, so writing again does no harm: the agent's id in it keeps two agents from ever
  * writing one file, and no file has a gap. Two batches with the same ends may hold different records, for the final state goes
  * ahead of what lies before it, and a full ring drops from the middle; such a batch is several files. As a sink, such files are
  * the delivery. As a spool, whoever comes next (a dispatcher or Python's batcher, of any agent) sends what it finds and deletes
  * it after the acknowledgement.
  */
object RecordFiles {
  private val Name = Pattern.compile("clusop-[0-9a-f]{32}-[0-9]{1,19}-[0-9]{1,19}\\.jsonl")
  private val MaxListed = 1000
  private val Writing = java.util.EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)
  private val Reading = Vector[OpenOption](StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)

  /** What a file holds: its records, and how many lines are none. */
  final case class Contents(records: Vector[String], damaged: Int)

  /** Writes the records where the owner wants them delivered. Throws `IOException` where the disk does not take them. */
  def write(directory: String, agent: String, records: Vector[Sealed]): Unit = {
    val folder = Paths.get(directory)
    Files.createDirectories(folder)
    write(folder, agent, records, Vector.empty)
  }

  /** Writes them into a spool, which is for this user's eyes only. Throws `IOException` also where others may write to it. */
  def spool(directory: String, agent: String, records: Vector[Sealed]): Unit = {
    val folder = Paths.get(directory)
    OwnFolder.make(folder)
    if (!OwnFolder.isPrivate(folder)) throw new IOException("others may write to it")
    write(folder, agent, records, OwnFolder.fileAttributes(folder))
  }

  /** All files of a batch or none: where one fails, those that this call made are removed, and none that was there before. */
  private def write(folder: Path, agent: String, records: Vector[Sealed], attributes: Vector[FileAttribute[_]]): Unit = {
    var made = Vector.empty[(Path, Object)]
    try
      withoutGaps(records).foreach { run =>
        val target = folder.resolve(s"clusop-$agent-${run.head.sequence}-${run.last.sequence}.jsonl")
        made = made ++ writeOne(target, agent, run, attributes).map(target -> _)
      }
    catch {
      case failure: Throwable =>
        made.foreach { case (path, key) => remove(path, key) }
        throw failure
    }
  }

  /** Removes a file that is still the one of this key: somebody else may have put the same records in its place. */
  private def remove(path: Path, key: Object): Unit =
    try if (keyOf(path).contains(key)) Files.deleteIfExists(path): Unit
    catch { case _: IOException | _: SecurityException => () }

  private def withoutGaps(records: Vector[Sealed]): Vector[Vector[Sealed]] =
    records.foldLeft(Vector.empty[Vector[Sealed]]) { (runs, record) =>
      if (runs.nonEmpty && runs.last.last.sequence + 1 == record.sequence) runs.init :+ (runs.last :+ record)
      else runs :+ Vector(record)
    }

  /** The key of a file that is new under its name; none where one was there. */
  private def writeOne(
      target: Path,
      agent: String,
      records: Vector[Sealed],
      attributes: Vector[FileAttribute[_]]
  ): Option[Object] = {
    val draft = target.resolveSibling(Drafts.nameOf(agent))
    try {
      val channel = FileChannel.open(draft, Writing, attributes: _*)
      try {
        val bytes = ByteBuffer.wrap(records.iterator.map(_.line).mkString("", "\n", "\n").getBytes(US_ASCII))
        while (bytes.hasRemaining) channel.write(bytes)
        channel.force(true)
      } finally channel.close()
      if (isLinked(draft, target)) keyOf(target)
      else {
        try Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE)
        catch { case _: AtomicMoveNotSupportedException => Files.move(draft, target, StandardCopyOption.REPLACE_EXISTING) }
        None
      }
    } finally Files.deleteIfExists(draft): Unit
  }

  /** Whether the draft now has its name as well: not where a file has that name, nor where the file system knows no links. */
  private def isLinked(draft: Path, target: Path): Boolean =
    try {
      Files.createLink(target, draft)
      true
    } catch { case _: IOException | _: SecurityException | _: UnsupportedOperationException => false }

  private def keyOf(path: Path): Option[Object] =
    try Option(Files.readAttributes(path, classOf[BasicFileAttributes], LinkOption.NOFOLLOW_LINKS).fileKey)
    catch { case _: IOException | _: SecurityException => None }

  /** Complete files of any agent in a spool, by name; none where it cannot be read, or others may write to it. */
  def found(directory: String): Vector[Path] =
    if (directory.isEmpty || !OwnFolder.isPrivate(Paths.get(directory))) Vector.empty else listed(directory)

  private def listed(directory: String): Vector[Path] =
    try {
      val listed = Files.newDirectoryStream(Paths.get(directory), "clusop-*.jsonl")
      try {
        val paths = Vector.newBuilder[Path]
        val each = listed.iterator
        var count = 0
        while (each.hasNext && count < MaxListed) {
          val path = each.next()
          if (Name.matcher(path.getFileName.toString).matches) {
            paths += path
            count += 1
          }
        }
        paths.result().sortBy(_.getFileName.toString)
      } finally listed.close()
    } catch { case _: Exception => Vector.empty }

  /** Bytes of all complete files, however many there are. */
  def sizeOf(directory: String): Long =
    try {
      val listed = Files.newDirectoryStream(Paths.get(directory), "clusop-*.jsonl")
      try {
        var sum = 0L
        val each = listed.iterator
        while (each.hasNext) {
          val path = each.next()
          if (Name.matcher(path.getFileName.toString).matches) sum += sizeOf(path)
        }
        sum
      } finally listed.close()
    } catch { case _: Exception => 0L }

  /** How many of the records, from the first on, a file of so many bytes holds. */
  def fitting(records: Vector[Sealed], bytes: Long): Int =
    records.iterator.scanLeft(0L)((sum, record) => sum + record.line.length + 1L).drop(1).takeWhile(_ <= bytes).size

  private def sizeOf(path: Path): Long =
    try Files.size(path)
    catch { case _: IOException => 0L }

  /** What stands in a file; none where it is gone, no plain file, too large, or not to be read by us or now: it may be
    * another's, and its records are lost to nobody while it lies there.
    */
  def contents(path: Path, mostBytes: Long): Option[Contents] =
    try {
      if (!OwnFolder.isPlainFile(path)) None
      else {
        val channel = FileChannel.open(path, Reading: _*)
        try {
          if (channel.size > mostBytes) None
          else {
            val bytes = ByteBuffer.allocate(channel.size.toInt)
            while (bytes.hasRemaining && channel.read(bytes) >= 0) ()
            Some(judged(new String(bytes.array, 0, bytes.position, US_ASCII)))
          }
        } finally channel.close()
      }
    } catch { case _: IOException | _: SecurityException | _: UnsupportedOperationException => None }

  private def judged(text: String): Contents = {
    val lines = text.split('\n').toVector.filter(_.nonEmpty)
    val records = lines.filter(_.startsWith("{"))
    // A file without a line is one that cannot be told from a torn one.
    Contents(records, if (lines.isEmpty) 1 else lines.size - records.size)
  }
}
