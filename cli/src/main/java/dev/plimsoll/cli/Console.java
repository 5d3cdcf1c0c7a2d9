package dev.plimsoll.cli;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.report.data.Data;
import dev.plimsoll.report.data.Json;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/// Where answers and warnings go: data to one stream, everything else to the other.
final class Console {
    private final PrintStream out;
    private final PrintStream err;
    private boolean json;
    private boolean quiet;

    Console(PrintStream out, PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /// Whether a failure is answered as JSON too.
    void answersInJson(boolean asked) {
        json = asked;
    }

    void answer(String text) {
        out.print(text);
    }

    void warn(String line) {
        err.println(line);
    }

    /// Says how far long work is, unless told to be quiet.
    void progress(String line) {
        if (!quiet) {
            err.println(line);
        }
    }

    void beQuiet() {
        quiet = true;
    }

    /// Says what went wrong, in one line, and what to do, in another.
    ///
    /// @return the exit code
    int fail(InputException failure) {
        return fail(ExitCode.of(failure.kind()), failure.getMessage(), failure.remedy());
    }

    /// The same where the failure is not the input's.
    ///
    /// @return the exit code
    int fail(ExitCode code, String cause, String remedy) {
        warn("plimsoll: " + cause);
        warn(remedy);
        if (json) {
            answer(Json.print(Data.Fields.empty()
                    .with(
                            "error",
                            Data.Fields.empty()
                                    .with("message", cause)
                                    .with("remedy", remedy)
                                    .with("exitCode", code.number()))));
        }
        return code.number();
    }

    PrintWriter outWriter() {
        return new PrintWriter(out, true, StandardCharsets.UTF_8);
    }

    PrintWriter errWriter() {
        return new PrintWriter(err, true, StandardCharsets.UTF_8);
    }
}
