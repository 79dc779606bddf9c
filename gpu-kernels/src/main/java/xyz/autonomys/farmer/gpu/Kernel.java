package xyz.autonomys.farmer.gpu;

import jcuda.driver.CUfunction;

/**
 * A kernel that is loaded on a device, with its launch shape.
 *
 * @param name in the sources
 * @param function the driver's handle
 * @param threads of a block
 * @param sharedBytes dynamic shared memory of a block
 */
record Kernel(String name, CUfunction function, int threads, int sharedBytes) {}
