package xyz.autonomys.farmer.cluster.control;

import xyz.autonomys.farmer.primitives.FarmerProtocolInfo;

/**
 * What every role must know of the chain, as the controllers read it from their nodes.
 *
 * @param protocolInfo what plotting depends on; its history size is the node's and may be ahead of the headers that the
 *     cluster knows
 * @param farmingTimeoutMillis time between a slot and the end of its submission window
 */
public record ChainInfo(FarmerProtocolInfo protocolInfo, long farmingTimeoutMillis) {}
