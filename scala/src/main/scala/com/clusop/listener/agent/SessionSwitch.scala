package com.clusop.listener.agent

import com.clusop.listener.settings.Settings
import org.apache.spark.sql.execution.ui.SparkListenerSQLExecutionStart

/** The kill switch of a running session, `spark.conf.set("spark.clusop.enabled", "false")`, as its next query brings it. To ask
  * the session itself would not do: that builds its state, catalog and all, on our thread and before its owner does.
  */
private[agent] object SessionSwitch {

  // Reached by name, like all fields that came late.
  private val modifiedConfigs =
    try Some(classOf[SparkListenerSQLExecutionStart].getMethod("modifiedConfigs"))
    catch { case _: NoSuchMethodException => None }

  def isOffIn(event: Object): Boolean = event.isInstanceOf[SparkListenerSQLExecutionStart] && modifiedConfigs.exists { read =>
    read.invoke(event) match {
      case told: scala.collection.Map[_, _] =>
        told.asInstanceOf[scala.collection.Map[String, String]].get(Settings.Enabled).exists(Settings.isOff)
      case _ => false
    }
  }
}
