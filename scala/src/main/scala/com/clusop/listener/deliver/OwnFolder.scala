package com.clusop.listener.deliver

import java.nio.file.attribute.{BasicFileAttributes, FileAttribute, PosixFilePermission, PosixFilePermissions}
import java.nio.file.{Files, LinkOption, Path, Paths}

/** A folder that is this user's own, and nobody else's to write to. What lies in a spool is sent under the customer's token.
  * Mirror of `_is_private` in `clusop.runtime.spool`. Where the file system knows no owners, nothing can be said against it.
  */
private[deliver] object OwnFolder {
  private val ForFolders = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
  private val ForFiles = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
  private val Others = Vector(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE)
  private val NoAttributes = Vector.empty[FileAttribute[_]]

  /** Of the process: Java has no other way to it. */
  private lazy val ourUser: Option[AnyRef] =
    try Some(Files.getAttribute(Paths.get("/proc/self"), "unix:uid"))
    catch { case _: Exception => None }

  def isPrivate(folder: Path): Boolean =
    try
      !hasOwners(folder) || {
        val permissions = Files.getPosixFilePermissions(folder)
        val isOurs = ourUser match {
          case Some(user) => Files.getAttribute(folder, "unix:uid") == user
          case None       => Files.getOwner(folder).getName == System.getProperty("user.name")
        }
        isOurs && !Others.exists(permissions.contains(_))
      }
    catch { case _: Exception => false }

  /** Makes it, mode 700, where it is not there. */
  def make(folder: Path): Unit = Files.createDirectories(folder, attributes(folder, ForFolders): _*): Unit

  /** What a new file in it is made with: mode 600. */
  def fileAttributes(folder: Path): Vector[FileAttribute[_]] = attributes(folder, ForFiles)

  /** A file and no link, pipe or folder: a pipe would hang, a link lead elsewhere. */
  def isPlainFile(path: Path): Boolean =
    try Files.readAttributes(path, classOf[BasicFileAttributes], LinkOption.NOFOLLOW_LINKS).isRegularFile
    catch { case _: Exception => false }

  private def attributes(folder: Path, wanted: FileAttribute[_]): Vector[FileAttribute[_]] =
    if (hasOwners(folder)) Vector(wanted) else NoAttributes

  private def hasOwners(path: Path): Boolean = path.getFileSystem.supportedFileAttributeViews.contains("posix")
}
