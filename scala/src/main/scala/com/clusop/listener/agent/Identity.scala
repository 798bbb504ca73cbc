package com.clusop.listener.agent

import java.security.SecureRandom

import com.clusop.listener.json.{Json, JsonWriter}

/** Who this agent is: 128 random bits for each start of a JVM, the version of clusop, the hash of the jar it came from. */
final case class Identity(agentId: String, version: String, jarSha256: String, startedAtMs: Long) {

  /** What every armer may know, whatever its version. */
  def about: Json.Obj = Json.obj(
    "protocol" -> Json.num(Identity.Protocol),
    "version" -> Json.str(version),
    "agent" -> Json.str(agentId),
    "jar_sha256" -> Json.str(jarSha256)
  )
  val aboutText: String = JsonWriter.canonical(about)
}

object Identity {

  /** Raised when "call" changes in a way that an older armer does not understand; the higher one takes over the JVM.
    * 2: an acknowledgement tells what of its lease was refused.
    */
  val Protocol: Long = 2
  private val IdBytes = 16

  def fresh(jarSha256: String, nowMs: Long): Identity = {
    val bits = new Array[Byte](IdBytes)
    new SecureRandom().nextBytes(bits)
    val version = Option(classOf[Identity].getPackage).flatMap(found => Option(found.getImplementationVersion)).getOrElse("")
    Identity(bits.map(byte => "%02x".format(byte)).mkString, version, jarSha256, nowMs)
  }
}
