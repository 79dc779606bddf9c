package xyz.autonomys.farmer.cli;

import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** What an operator is told of a failure. */
final class Failures {
    private Failures() {}

    /** What went wrong, with the file it went wrong with: the message of Java's own faults is often only its path. */
    static String explain(Exception failure) {
        return switch (failure) {
            case AccessDeniedException e ->
                e.getFile() + " may not be used by the user " + System.getProperty("user.name")
                        + "; change its owner or rights, or choose another path";
            case NoSuchFileException e -> "there is no file or directory " + e.getFile() + "; correct the path";
            case NotDirectoryException e -> e.getFile() + " is no directory; choose another path";
            case FileAlreadyExistsException e ->
                e.getFile() + " is there already and is not what is needed there; remove it or choose another path";
            case DirectoryNotEmptyException e -> e.getFile() + " is not empty; choose another path";
            case FileSystemException e
            when e.getReason() != null ->
                e.getFile() + ": " + e.getReason() + "; see whether the disk is there, writable and healthy (dmesg)";
            default -> failure.getMessage() == null ? failure.toString() : failure.getMessage();
        };
    }
}
