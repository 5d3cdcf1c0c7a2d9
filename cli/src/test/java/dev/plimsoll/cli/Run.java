package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// One use of the program: what it printed and the exit code.
record Run(int exitCode, String out, String err) {
    static Run of(String... arguments) {
        return with(InputStream.nullInputStream(), arguments);
    }

    static Run withInput(String input, String... arguments) {
        return with(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)), arguments);
    }

    static Run with(InputStream input, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        InputStream before = System.in;
        System.setIn(input);
        try {
            int code = new Plimsoll(stream(out), stream(err)).run(arguments);
            return new Run(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        } finally {
            System.setIn(before);
        }
    }

    private static PrintStream stream(ByteArrayOutputStream bytes) {
        return new PrintStream(bytes, false, StandardCharsets.UTF_8);
    }

    /// The JSON answer of a question that is answered.
    static JsonNode json(String... arguments) {
        return of(asJson(arguments)).answered().tree();
    }

    static String[] asJson(String... arguments) {
        return Stream.concat(Arrays.stream(arguments), Stream.of("-o", "json")).toArray(String[]::new);
    }

    /// What was printed as JSON, which the published schema must admit.
    JsonNode tree() {
        return AnswerSchema.read(out);
    }

    Run answered() {
        assertThat(exitCode).as("exit code; stderr: %s", err).isZero();
        return this;
    }

    /// A refusal: this exit code, one line of cause, one of remedy, and nothing else.
    ///
    /// @return the line of cause
    Refusal refused(int expected) {
        List<String> lines = err.lines().toList();
        assertThat(exitCode).as("exit code; stderr: %s", err).isEqualTo(expected);
        assertThat(lines).as("one line of cause, one of remedy").hasSize(2).noneMatch(String::isBlank);
        assertThat(lines.getFirst()).startsWith("plimsoll: ");
        assertThat(err).doesNotContain("Exception", "\tat ").matches("[\\x20-\\x7e\\n\\u00a0-\\uffff]*");
        return new Refusal(lines.getFirst().substring("plimsoll: ".length()), lines.getLast());
    }

    record Refusal(String cause, String remedy) {}
}
