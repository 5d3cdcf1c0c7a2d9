package dev.plimsoll.cli;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Nearest;
import dev.plimsoll.model.units.Text;
import java.io.PrintStream;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The program apart from its process: arguments in, text out, an exit code back.
public final class Plimsoll {
    private static final String NAME = "plimsoll";
    private static final int SUGGESTIONS = 3;
    private static final int LONGEST_MESSAGE = 400;

    /// In the order of the help. Only the command that is asked for is set up, which halves the start.
    private static final Map<String, Function<Console, Callable<Integer>>> COMMANDS = new LinkedHashMap<>();

    static {
        COMMANDS.put("model", ModelCommand::new);
        COMMANDS.put("kv", KvCommand::new);
        COMMANDS.put("flops", FlopsCommand::new);
        COMMANDS.put("fit", FitCommand::new);
        COMMANDS.put("train", TrainCommand::new);
        COMMANDS.put("import", ImportCommand::new);
        COMMANDS.put("compare", CompareCommand::new);
        COMMANDS.put("explain", ExplainCommand::new);
        COMMANDS.put("verify", VerifyCommand::new);
        COMMANDS.put("models", ModelsCommand::new);
        COMMANDS.put("hardware", HardwareCommand::new);
    }

    private final Console console;

    public Plimsoll(PrintStream out, PrintStream err) {
        this.console = new Console(out, err);
    }

    /// @return the exit code
    public int run(String... arguments) {
        console.answersInJson(OutputOptions.asksForJson(arguments));
        try {
            return parser(arguments).execute(arguments);
        } catch (StackOverflowError | OutOfMemoryError exhausted) {
            return fault(exhausted);
        }
    }

    private CommandLine parser(String... arguments) {
        CommandLine parser = new CommandLine(new Top());
        Function<Console, Callable<Integer>> asked = arguments.length == 0 ? null : COMMANDS.get(arguments[0]);
        if (asked != null) {
            parser.addSubcommand(arguments[0], asked.apply(console));
        } else {
            COMMANDS.forEach((name, command) -> parser.addSubcommand(name, command.apply(console)));
        }
        parser.setOut(console.outWriter());
        parser.setErr(console.errWriter());
        parser.setAbbreviatedOptionsAllowed(false);
        parser.setExpandAtFiles(false);
        parser.setParameterExceptionHandler(this::misuse);
        parser.setExecutionExceptionHandler((failure, where, result) -> failed(failure));
        parser.setExecutionStrategy(new CommandLine.RunLast());
        return parser;
    }

    private int misuse(CommandLine.ParameterException problem, String[] arguments) {
        if (problem.getCause() instanceof InputException cause) {
            return console.fail(cause);
        }
        if (problem instanceof CommandLine.UnmatchedArgumentException unmatched) {
            return console.fail(unknown(unmatched.getUnmatched().getFirst(), problem.getCommandLine()));
        }
        return console.fail(InputException.usage(
                Text.printable(firstLine(problem), LONGEST_MESSAGE),
                help(problem.getCommandLine().getCommandName()) + " lists what it takes."));
    }

    private static String firstLine(CommandLine.ParameterException problem) {
        return String.valueOf(problem.getMessage()).lines().findFirst().orElse("the arguments are not understood");
    }

    /// An option or a command that there is not, or one model too many.
    private static InputException unknown(String typed, CommandLine where) {
        String command = where.getCommandName();
        String found = ": found '" + Text.printable(typed) + "', expected ";
        if (typed.startsWith("-")) {
            return InputException.usage(
                    command + found + "an option it knows",
                    nearest(typed, where.getCommandSpec().optionsMap().keySet()) + "; " + help(command)
                            + " lists all.");
        }
        return command.equals(NAME)
                ? InputException.usage(
                        command + found + "one of " + String.join(", ", COMMANDS.keySet()),
                        nearest(typed, COMMANDS.keySet()) + ".")
                : InputException.usage(command + found + "nothing more", help(command) + " lists what it takes.");
    }

    private static String nearest(String typed, Collection<String> known) {
        return "The nearest are " + String.join(", ", Nearest.of(typed, known, SUGGESTIONS));
    }

    private static String help(String command) {
        return command.equals(NAME) ? NAME + " --help" : NAME + " " + command + " --help";
    }

    private int failed(Exception failure) {
        if (failure instanceof InputException cause) {
            return console.fail(cause);
        }
        return fault(failure);
    }

    private int fault(Throwable fault) {
        StackTraceElement[] trace = fault.getStackTrace();
        return console.fail(
                ExitCode.OUR_FAULT,
                "a fault of Plimsoll's own: " + Text.printable(fault.toString())
                        + (trace.length > 0 ? " at " + trace[0] : ""),
                "Please report it with the command and, where possible, the input.");
    }

    @Command(
            name = NAME,
            description = "Tells what a Transformer needs before anyone runs it.",
            mixinStandardHelpOptions = true,
            version = "plimsoll 0.1.0",
            synopsisSubcommandLabel = "COMMAND")
    private static final class Top implements Runnable {
        @CommandLine.Spec
        private CommandLine.Model.@org.jspecify.annotations.Nullable CommandSpec spec;

        @Override
        public void run() {
            if (spec != null) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(),
                        "a command is missing, expected one of " + String.join(", ", COMMANDS.keySet()));
            }
        }
    }
}
