package com.clusop.listener

import java.io.ByteArrayOutputStream
import java.nio.charset.StandardCharsets.UTF_8

/** The files that lie beside these classes in the jar: dialects, reasons, prices, settings. */
object Resource {
  private val BufferBytes = 8192

  /** The text of a file of ours, such as `dialects/photon.json`. Throws `IllegalStateException` where the jar lacks it. */
  def text(path: String): String = {
    // By this class and not by the thread's context loader: on Databricks that one knows nothing of our jar.
    val stream = Resource.getClass.getResourceAsStream(s"/com/clusop/listener/$path")
    if (stream == null) throw new IllegalStateException(s"the jar has no $path")
    try {
      val held = new ByteArrayOutputStream
      val buffer = new Array[Byte](BufferBytes)
      var count = stream.read(buffer)
      while (count >= 0) {
        held.write(buffer, 0, count)
        count = stream.read(buffer)
      }
      new String(held.toByteArray, UTF_8)
    } finally stream.close()
  }
}
