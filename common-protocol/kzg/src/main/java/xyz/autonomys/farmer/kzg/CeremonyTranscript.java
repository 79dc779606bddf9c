package xyz.autonomys.farmer.kzg;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;

/**
 * The ceremony's public transcript in JSON: four setups of different sizes, each with its powers as lists of hexadecimal
 * points under {@code powersOfTau}. The setup file is those of the largest one after each other, G1 first.
 */
final class CeremonyTranscript {
    private static final String G1 = "G1Powers";
    private static final String G2 = "G2Powers";

    private final byte[] file = new byte[TrustedSetups.FILE_BYTES];
    private final String origin;

    /** How many powers the lists that were read last have. */
    private int g1Count;

    private int g2Count;

    private CeremonyTranscript(String origin) {
        this.origin = origin;
    }

    /**
     * The bytes of the setup file.
     *
     * @param origin where the transcript comes from, for errors
     * @throws IOException if this is no transcript or it has no setup of 32,768 powers
     */
    static byte[] read(InputStream in, String origin) throws IOException {
        CeremonyTranscript transcript = new CeremonyTranscript(origin);
        try (JsonParser parser = new JsonFactory().createParser(in)) {
            while (parser.nextToken() != null) {
                if (parser.currentToken() == JsonToken.FIELD_NAME && transcript.readField(parser)) {
                    return transcript.file;
                }
            }
        } catch (JsonProcessingException e) {
            throw new IOException(origin + " is no transcript of the ceremony: " + e.getOriginalMessage(), e);
        }
        throw new IOException(origin + " has no setup of " + TrustedSetup.G1_POWERS + " G1 and "
                + TrustedSetup.G2_POWERS + " G2 powers");
    }

    /** Reads a list of powers; true when both of the right length are there. */
    private boolean readField(JsonParser parser) throws IOException {
        String name = parser.currentName();
        if (name.equals("powersOfTau")) {
            g1Count = 0;
            g2Count = 0;
        } else if (name.equals(G1)) {
            g1Count = readPowers(parser, 0, TrustedSetup.G1_POWERS, CeremonySetup.G1_BYTES);
        } else if (name.equals(G2)) {
            int offset = TrustedSetup.G1_POWERS * CeremonySetup.G1_BYTES;
            g2Count = readPowers(parser, offset, TrustedSetup.G2_POWERS, CeremonySetup.G2_BYTES);
        }
        return g1Count == TrustedSetup.G1_POWERS && g2Count == TrustedSetup.G2_POWERS;
    }

    private int readPowers(JsonParser parser, int offset, int most, int bytes) throws IOException {
        String name = parser.currentName();
        if (parser.nextToken() != JsonToken.START_ARRAY) {
            throw new IOException(origin + ": " + name + " is no list");
        }
        int count = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            String text = parser.currentToken() == JsonToken.VALUE_STRING ? parser.getText() : "";
            if (text.length() != 2 + 2 * bytes || !text.startsWith("0x")) {
                throw new IOException(origin + ": element " + count + " of " + name + " is no text of 0x and "
                        + 2 * bytes + " hexadecimal digits");
            }
            if (count == most) {
                throw new IOException(origin + ": " + name + " has more than " + most + " elements");
            }
            try {
                byte[] point = HexFormat.of().parseHex(text, 2, text.length());
                System.arraycopy(point, 0, file, offset + count * bytes, bytes);
            } catch (IllegalArgumentException e) {
                throw new IOException(origin + ": element " + count + " of " + name + ": " + e.getMessage(), e);
            }
            count++;
        }
        return count;
    }
}
