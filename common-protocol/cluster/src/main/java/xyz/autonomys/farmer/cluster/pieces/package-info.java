/**
 * Pieces as the cluster has them: from the caches that placement names, then from full-piece caches, then fresh from a
 * controller's node. Placement is in {@code cluster.control}, the transfer in {@code cluster.data}.
 */
package xyz.autonomys.farmer.cluster.pieces;
