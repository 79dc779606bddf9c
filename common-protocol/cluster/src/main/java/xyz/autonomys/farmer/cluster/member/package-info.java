/**
 * What every role has in common: one process's place in the cluster. {@code ClusterMember} owns the NATS connection, the
 * data plane's server and client, and the membership; a role adds its own handlers and subscriptions, and closes it last.
 */
package xyz.autonomys.farmer.cluster.member;
