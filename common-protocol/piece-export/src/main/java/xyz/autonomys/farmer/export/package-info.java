/**
 * The export: every piece of every archived segment, made again from nothing but the blocks that a node hands out. Blocks
 * are fetched ahead ({@code BlockFeed}), packed and archived by the same archiver that a node has, compared with the
 * chain's own headers, and written as {@link xyz.autonomys.farmer.store segment files}, while the next blocks are on their
 * way. {@link xyz.autonomys.farmer.export.PieceExport} is the whole of it.
 */
package xyz.autonomys.farmer.export;
