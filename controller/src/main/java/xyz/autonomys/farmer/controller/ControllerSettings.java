package xyz.autonomys.farmer.controller;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import xyz.autonomys.farmer.cluster.control.CacheLayout;
import xyz.autonomys.farmer.cluster.member.MemberOptions;

/**
 * How a controller works.
 *
 * @param member its place in the cluster
 * @param nodeUrl WebSocket address of its node
 * @param basePath directory for the pieces of recent segments
 * @param keptSegments recent segments whose pieces are kept, 257 MiB each
 * @param layout how caches keep pieces, if the cluster has no cache map yet
 * @param cacheHoldOff how long a change among the caches must last before pieces move
 */
public record ControllerSettings(
        MemberOptions member,
        URI nodeUrl,
        Path basePath,
        int keptSegments,
        CacheLayout layout,
        Duration cacheHoldOff) {}
