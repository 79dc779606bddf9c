package xyz.autonomys.farmer.controller;

import java.net.URI;
import java.nio.file.Path;
import xyz.autonomys.farmer.cluster.member.MemberOptions;

/**
 * How a controller works.
 *
 * @param member its place in the cluster
 * @param nodeUrl WebSocket address of its node
 * @param basePath directory for the pieces of recent segments
 * @param keptSegments recent segments whose pieces are kept, 257 MiB each
 * @param replicas caches that hold each piece
 */
public record ControllerSettings(MemberOptions member, URI nodeUrl, Path basePath, int keptSegments, int replicas) {}
