/**
 * The {@code autonomys-farmer} command: parses arguments, sets up logging, runs one command, and turns its outcome into
 * an exit code and, on failure, one line that says what is wrong and what helps.
 *
 * <p>Commands hold no logic of their own; they call the modules and show what comes back. Exit codes: 0 done, 1 failed,
 * 2 wrong usage.
 */
package xyz.autonomys.farmer.cli;
