package dev.plimsoll.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// The least program with subcommands and options in picocli's usual form: what a start costs before any work.
@Command(
        name = "empty",
        mixinStandardHelpOptions = true,
        version = "empty 0.1.0",
        subcommands = {EmptyPicocli.Show.class, EmptyPicocli.Add.class})
public final class EmptyPicocli {
    private EmptyPicocli() {}

    /// Prints one line and ends the process.
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new EmptyPicocli()).execute(arguments));
    }

    @Command(name = "show", mixinStandardHelpOptions = true, description = "Prints what it was given.")
    static final class Show implements Callable<Integer> {
        @Parameters(arity = "1..*", paramLabel = "REF", description = "Anything.")
        private List<String> references = new ArrayList<>();

        @Option(
                names = {"-o", "--output"},
                paramLabel = "FORM",
                description = "The form (default: table).")
        private String output = "table";

        @Option(
                names = {"-v", "--verbose"},
                description = "More.")
        private boolean verbose;

        @Override
        public Integer call() {
            System.out.println(references.getFirst() + " as " + output + (verbose ? ", verbosely" : ""));
            return 0;
        }
    }

    @Command(name = "add", mixinStandardHelpOptions = true, description = "Adds a number to another.")
    static final class Add implements Callable<Integer> {
        @Option(names = "--first", paramLabel = "N", description = "A number.")
        private long first;

        @Option(names = "--second", paramLabel = "N", description = "Another.")
        private long second;

        @Override
        public Integer call() {
            System.out.println(Math.addExact(first, second));
            return 0;
        }
    }
}
