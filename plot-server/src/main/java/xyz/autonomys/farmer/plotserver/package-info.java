/**
 * The plot-server: pulls sector tasks, gathers and verifies their pieces, encodes them, stages the finished sector on
 * disk and hands it to the plot-client that asked. {@code PlotServer} is the role, {@code StagingDirectory} what survives
 * its death.
 */
package xyz.autonomys.farmer.plotserver;
