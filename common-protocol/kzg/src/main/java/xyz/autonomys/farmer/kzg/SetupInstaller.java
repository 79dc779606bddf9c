package xyz.autonomys.farmer.kzg;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Puts the ceremony's file in its place: checked first, then whole or not at all. */
final class SetupInstaller {
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(20);
    private static final long DOWNLOAD_LIMIT_SECONDS = 1_800;

    /** The transcript in JSON with the participants' signatures has a quarter of this. */
    private static final long LARGEST_DOWNLOAD = 1L << 30;

    private final Path target;

    SetupInstaller(Path target) {
        this.target = target;
    }

    /** As {@link TrustedSetups#install}. */
    void install(String from) throws IOException {
        byte[] bytes = isUrl(from) ? download(from) : readFile(from);
        TrustedSetups.check(bytes, from);
        Files.createDirectories(target.toAbsolutePath().getParent());
        Path whole = Files.createTempFile(target.toAbsolutePath().getParent(), ".trusted-setup-", ".part");
        try {
            Files.write(whole, bytes);
            try (FileChannel channel = FileChannel.open(whole, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(whole, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(whole);
        }
    }

    private static boolean isUrl(String from) {
        String text = from.toLowerCase(Locale.ROOT);
        return text.startsWith("http://") || text.startsWith("https://");
    }

    private static byte[] readFile(String from) throws IOException {
        try {
            return read(Path.of(from), from);
        } catch (InvalidPathException e) {
            throw new IOException(from + " is neither a file nor a URL of http or https", e);
        } catch (NoSuchFileException e) {
            throw new IOException("there is no file at " + from, e);
        }
    }

    /** The setup's bytes, from the binary form or the transcript in JSON. */
    private static byte[] read(Path file, String origin) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
            in.mark(1);
            int first = in.read();
            in.reset();
            if (first == '{') {
                return CeremonyTranscript.read(in, origin);
            }
            byte[] bytes = in.readNBytes(TrustedSetups.FILE_BYTES + 1);
            if (bytes.length != TrustedSetups.FILE_BYTES) {
                throw new IOException(origin + " is no trusted setup: it has "
                        + (bytes.length > TrustedSetups.FILE_BYTES ? "more than " : bytes.length + " bytes, expected ")
                        + TrustedSetups.FILE_BYTES + (bytes.length > TrustedSetups.FILE_BYTES ? " bytes" : ""));
            }
            return bytes;
        }
    }

    private static byte[] download(String from) throws IOException {
        Path temporary = Files.createTempFile("trusted-setup-", ".download");
        try (HttpClient client = HttpClient.newBuilder()
                .connectTimeout(CONNECT_LIMIT)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(from))
                    .timeout(CONNECT_LIMIT)
                    .build();
            CompletableFuture<HttpResponse<Path>> response =
                    client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofFile(temporary), LARGEST_DOWNLOAD));
            try {
                int status =
                        response.get(DOWNLOAD_LIMIT_SECONDS, TimeUnit.SECONDS).statusCode();
                if (status != 200) {
                    throw new IOException("the server answered with status " + status + ", expected 200");
                }
            } finally {
                response.cancel(true);
                client.shutdownNow();
            }
            return read(temporary, from);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the download of " + from + " was interrupted");
        } catch (TimeoutException e) {
            throw failed(from, "it took longer than " + DOWNLOAD_LIMIT_SECONDS + " s", e);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw failed(from, cause.getMessage() == null ? cause.toString() : cause.getMessage(), cause);
        } catch (IllegalArgumentException e) {
            throw new IOException(from + " is no URL: " + e.getMessage(), e);
        } catch (IOException e) {
            throw failed(from, e.getMessage(), e);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static IOException failed(String from, String reason, Throwable cause) {
        return new IOException(
                "the trusted setup could not be downloaded from " + from + ": " + reason
                        + "; fetch the file elsewhere and " + TrustedSetups.REMEDY,
                cause);
    }
}
