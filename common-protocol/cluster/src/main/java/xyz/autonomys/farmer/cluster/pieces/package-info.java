/**
 * Pieces as the cluster has them: from the caches that placement names, then from full-piece caches, then fresh from a
 * controller's node. Placement is in {@code cluster.control}, the transfer in {@code cluster.data}.
 *
 * <p>A piece is checked against its segment's commitment before anything keeps it, and a directory with pieces belongs
 * to one process at a time.
 */
package xyz.autonomys.farmer.cluster.pieces;
