/**
 * The sample cluster under Supervisor, for tests: {@code SampleCluster} is made of {@code SampleHost}s, each a real
 * supervisord on addresses of its own, with the files of {@code deploy/} adapted to this machine by
 * {@code SupervisorFile}.
 */
package xyz.autonomys.farmer.cli.sample;
