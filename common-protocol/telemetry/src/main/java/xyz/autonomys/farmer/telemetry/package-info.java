/**
 * How a process tells what it does, for every role.
 *
 * <p>{@link xyz.autonomys.farmer.telemetry.WaitRegister}: whoever waits for something registers who waits, for what, on
 * whom and how long that may take. A wait past its deadline becomes one line in the log with cause and remedy, is handed
 * to its owner to be rerouted, and is visible to others until it ends. {@link
 * xyz.autonomys.farmer.telemetry.RepeatedLog}: failures that come again and again are said once, then counted. {@link
 * xyz.autonomys.farmer.telemetry.Telemetry}: the figures of a process, all its roles together, which {@link
 * xyz.autonomys.farmer.telemetry.MetricsServer} serves to Prometheus.
 */
package xyz.autonomys.farmer.telemetry;
