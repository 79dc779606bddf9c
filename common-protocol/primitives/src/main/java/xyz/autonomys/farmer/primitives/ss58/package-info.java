/**
 * SS58, the text form of account addresses that wallets show.
 *
 * <p>A farmer needs it for one thing: the reward address given by the operator. Every network prefix that upstream
 * accepts is accepted, all of them name the same 32-byte account.
 */
package xyz.autonomys.farmer.primitives.ss58;
