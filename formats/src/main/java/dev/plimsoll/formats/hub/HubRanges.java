package dev.plimsoll.formats.hub;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.model.units.Text;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Makes a piece of an answer to a range request, and believes nothing that does not add up.
final class HubRanges {
    // A server without ranges is read past that many bytes, and no more.
    private static final long FURTHEST = 64 << 20;
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\d{1,18})");
    private static final String REMEDY =
            "A server or a proxy on the way is broken: try again, on another network, or with another HF_ENDPOINT.";

    private HubRanges() {}

    /// The piece.
    ///
    /// @param subject what errors call the file
    /// @param answer of status 200, 206, or 416
    /// @throws InputException when what came is not what was asked for
    static HubPiece piece(String subject, HubPart.Range asked, HubAnswer answer) {
        requireUncoded(subject, answer);
        return switch (answer.status()) {
            case 206 -> ofRange(subject, asked, answer);
            case 200 -> ofWhole(subject, asked, answer);
            default -> ofNothing(subject, asked, answer);
        };
    }

    private static HubPiece ofRange(String subject, HubPart.Range asked, HubAnswer answer) {
        String header = answer.header("Content-Range");
        Matcher range = CONTENT_RANGE.matcher(header);
        String expected = "bytes " + asked.offset() + "-" + asked.last();
        if (!range.matches()) {
            throw broken(subject, "found Content-Range \"" + Text.printable(header) + "\", expected " + expected);
        }
        long length = Long.parseLong(range.group(3));
        if (Long.parseLong(range.group(1)) != asked.offset()
                || Long.parseLong(range.group(2)) != Math.min(asked.last(), length - 1)) {
            throw broken(subject, "found Content-Range \"" + Text.printable(header) + "\", expected " + expected);
        }
        return complete(subject, asked, length, answer);
    }

    /// Refuses a body that somebody on the way compressed, though asked not to.
    static void requireUncoded(String subject, HubAnswer answer) {
        String coding = answer.header("Content-Encoding");
        if (!coding.isEmpty() && !coding.equals("identity")) {
            throw broken(subject, "found it coded as " + Text.printable(coding) + ", expected the bytes as they are");
        }
    }

    /// Whether a part can be had of a server that sends files whole.
    static boolean isNear(HubPart.Range range) {
        return range.offset() <= FURTHEST;
    }

    /// The server ignored the range and began at the beginning; it was read past what lies before.
    private static HubPiece ofWhole(String subject, HubPart.Range asked, HubAnswer answer) {
        if (!isNear(asked)) {
            throw broken(
                    subject,
                    "the server sends whole files, expected ranges: byte " + Numbers.grouped(asked.offset())
                            + " is too far to read up to");
        }
        OptionalLong length = answer.number("Content-Length");
        boolean ended = answer.body().limit() > 0 && answer.body().limit() < asked.count();
        if (length.isEmpty() && !ended && asked.offset() + answer.body().limit() > 0) {
            throw broken(subject, "found neither a range nor a length, expected either");
        }
        return complete(
                subject, asked, length.orElse(asked.offset() + answer.body().limit()), answer);
    }

    /// An empty file has no first byte, so a server that honours ranges refuses to send it.
    private static HubPiece ofNothing(String subject, HubPart.Range asked, HubAnswer answer) {
        String header = answer.header("Content-Range");
        if (asked.offset() > 0 || !header.equals("bytes */0")) {
            throw broken(
                    subject,
                    "found Content-Range \"" + Text.printable(header) + "\", expected bytes " + asked.offset() + "-"
                            + asked.last());
        }
        return new HubPiece(0, 0, answer.body().slice(0, 0));
    }

    private static HubPiece complete(String subject, HubPart.Range asked, long length, HubAnswer answer) {
        long expected = Math.clamp(length - asked.offset(), 0, asked.count());
        if (answer.body().limit() != expected || (expected == 0 && length > 0)) {
            throw broken(
                    subject,
                    "found " + Numbers.grouped(answer.body().limit()) + " bytes from byte "
                            + Numbers.grouped(asked.offset()) + ", expected " + Numbers.grouped(expected)
                            + " of a file of " + Numbers.grouped(length));
        }
        return new HubPiece(length, asked.offset(), answer.body());
    }

    private static InputException broken(String subject, String cause) {
        return InputException.unreadable(subject + ": " + cause, REMEDY);
    }
}
