/**
 * The controller: proxies one node to the cluster. Slots and signing requests go out, solutions and signatures go in,
 * segment headers are recorded, fresh pieces are kept until the caches have them, and the cache map is proposed.
 * {@code Controller} is the role; {@code FreshSegments} the pieces it holds, {@code CacheMapKeeper} the map.
 */
package xyz.autonomys.farmer.controller;
