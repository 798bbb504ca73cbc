package com.clusop.listener.pricing

import java.io.{ByteArrayInputStream, ByteArrayOutputStream}
import java.nio.charset.StandardCharsets.UTF_8
import java.util.zip.{DeflaterOutputStream, InflaterInputStream}

/** A long text that is seldom read, in a tenth of its size. */
private[pricing] final class PackedText private (bytes: Array[Byte]) {
  def size: Int = bytes.length

  def text: String = {
    val unpacked = new InflaterInputStream(new ByteArrayInputStream(bytes))
    val held = new ByteArrayOutputStream
    val buffer = new Array[Byte](PackedText.BufferBytes)
    var count = unpacked.read(buffer)
    while (count >= 0) {
      held.write(buffer, 0, count)
      count = unpacked.read(buffer)
    }
    new String(held.toByteArray, UTF_8)
  }
}

private[pricing] object PackedText {
  private val BufferBytes = 8192

  def of(text: String): PackedText = {
    val held = new ByteArrayOutputStream
    val packed = new DeflaterOutputStream(held)
    packed.write(text.getBytes(UTF_8))
    packed.close()
    new PackedText(held.toByteArray)
  }
}
