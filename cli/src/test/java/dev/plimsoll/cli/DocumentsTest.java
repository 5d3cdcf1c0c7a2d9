package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Runs every `./plimsoll` command of the documents and compares what it prints with what they show.
///
/// In a block marked `console`, a line `$ ./plimsoll ..` is run, and the lines up to the next `$` are its output; a
/// last line `...` stands for the rest. `mvn verify -Dplimsoll.documents=write` writes the outputs anew; read the
/// difference.
class DocumentsTest {
    static final Path ROOT = Project.root();
    private static final String REST = "...";

    @TestFactory
    Stream<DynamicTest> documents() throws IOException {
        return markdown()
                .map(file -> DynamicTest.dynamicTest(ROOT.relativize(file).toString(), () -> check(file)));
    }

    @Test
    void theReadmeShowsCommands() throws IOException {
        assertThat(commands(Files.readAllLines(ROOT.resolve("README.md")))).hasSizeGreaterThan(4);
    }

    private static void check(Path file) throws IOException {
        List<String> found = Files.readAllLines(file);
        List<String> expected = executed(found);
        if ("write".equals(System.getProperty("plimsoll.documents"))) {
            Files.write(file, expected);
        } else {
            assertThat(found).isEqualTo(expected);
        }
    }

    private static List<String> commands(List<String> lines) {
        return lines.stream().filter(line -> line.startsWith("$ ./plimsoll ")).toList();
    }

    /// The document with every command's output as it is now.
    private static List<String> executed(List<String> lines) {
        List<String> result = new ArrayList<>();
        boolean inConsole = false;
        int at = 0;
        while (at < lines.size()) {
            String line = lines.get(at++);
            result.add(line);
            if (line.startsWith("```")) {
                inConsole = line.equals("```console");
            } else if (inConsole && line.startsWith("$ ./plimsoll ")) {
                List<String> shown = new ArrayList<>();
                while (at < lines.size()
                        && !lines.get(at).startsWith("$ ")
                        && !lines.get(at).equals("```")) {
                    shown.add(lines.get(at++));
                }
                result.addAll(output(line.substring("$ ./plimsoll ".length()), shown));
            }
        }
        return result;
    }

    private static List<String> output(String command, List<String> shown) {
        List<String> printed = new ArrayList<>(run(command).lines().toList());
        boolean between = shown.size() > 1 && shown.getLast().isEmpty();
        if (between) {
            shown = shown.subList(0, shown.size() - 1);
        }
        if (!shown.isEmpty() && shown.getLast().equals(REST)) {
            assertThat(printed).as("%s prints no more than is shown", command).hasSizeGreaterThan(shown.size() - 1);
            printed = new ArrayList<>(printed.subList(0, shown.size() - 1));
            printed.add(REST);
        }
        if (between) {
            printed.add("");
        }
        return printed;
    }

    private static String run(String command) {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(printed, true, StandardCharsets.UTF_8);
        new Plimsoll(stream, stream).run(words(command).toArray(String[]::new));
        // Files are located where the checkout lies; documents show them as they are typed.
        return printed.toString(StandardCharsets.UTF_8).replace(ROOT + "/", "");
    }

    /// Splits as a shell does: at spaces, quotes hold together, a comment ends the line. Paths are relative to the
    /// root.
    private static List<String> words(String command) {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        char quote = 0;
        for (char c : (command + " ").toCharArray()) {
            if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '\'' || c == '"') {
                quote = c;
            } else if (c == '#' && word.isEmpty()) {
                break;
            } else if (c == ' ') {
                if (!word.isEmpty()) {
                    words.add(located(word.toString()));
                    word.setLength(0);
                }
            } else {
                word.append(c);
            }
        }
        return words;
    }

    private static String located(String word) {
        return word.startsWith("docs/") ? ROOT.resolve(word).toString() : word;
    }

    private static Stream<Path> markdown() throws IOException {
        List<Path> files = new ArrayList<>(List.of(ROOT.resolve("README.md"), ROOT.resolve("CONTRIBUTING.md")));
        try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            docs.filter(file -> file.toString().endsWith(".md")).sorted().forEach(files::add);
        }
        return files.stream();
    }
}
