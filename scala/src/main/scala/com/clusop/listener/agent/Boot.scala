package com.clusop.listener.agent

import com.clusop.listener.Reasons
import com.clusop.listener.json.{Json, JsonReader}

/** Who serves this JVM: the agent of this class loader, or one that another loader's copy started, asked through the map. */
private[agent] sealed trait Serving
private[agent] final case class Own(agent: Agent, router: Router) extends Serving
private[agent] final case class Foreign(map: Object) extends Serving

private[agent] object Boot {
  private val Retire = s"""{"op":"retire","protocol":${Identity.Protocol}}"""
  @volatile private var own: Own = null

  /** Finds the agent of this JVM or starts it, with every class loaded. Throws what hinders that. */
  def serving(): Serving = synchronized {
    val known = own
    if (known != null && known.agent.quiet.reason.forall(_.id != "superseded")) {
      // Somebody may have put new system properties in place of the old ones.
      if (Registry.published == null) publish(known, null): Unit
      known
    } else {
      val there = Registry.published
      if (there != null && protocolOf(there) >= Identity.Protocol) Foreign(there)
      else start(there)
    }
  }

  private def start(earlier: Object): Serving = {
    LinkCheck.run()
    val loaded = ClassLoading.loadAll()
    // Whatever happens to the jar from here on, a refusal can be said.
    Reasons.catalogue: Unit
    // Before the first event: on Spark's bus thread nothing may be read, nor waited for.
    ClassLoading.initialise(loaded.onBusThread)
    val agent = Agent.live(loaded.sha256)
    val fresh = Own(agent, new Router(agent))
    if (!publish(fresh, earlier)) {
      val winner = Registry.published
      if (winner == null) throw new IllegalStateException("the system properties do not hold the agent")
      Foreign(winner)
    } else {
      if (earlier != null) Registry.ask(earlier, Registry.Call, Retire): Unit
      own = fresh
      agent.begin(new Runnable { override def run(): Unit = makeReady(loaded) })
      ExitHook.install(agent, Agent.ExitMs)
      fresh
    }
  }

  private def makeReady(loaded: ClassLoading.Loaded): Unit = {
    ClassLoading.initialise(loaded.names)
    LiveParts.readFiles()
  }

  private def publish(mine: Own, earlier: Object): Boolean =
    Registry.publish(Registry.functions(() => mine.agent.identity.aboutText, mine.router.answer), earlier)

  private def protocolOf(map: Object): Long =
    Registry.ask(map, Registry.About, "").flatMap(text => JsonReader.read(text).toOption) match {
      case Some(about: Json.Obj) =>
        about.get("protocol") match {
          case Some(Json.Num(text)) => java.lang.Long.parseLong(text)
          case _                    => 0
        }
      case _ => 0
    }
}
