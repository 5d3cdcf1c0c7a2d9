package dev.plimsoll.cli;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Nearest;
import dev.plimsoll.model.units.Text;
import dev.plimsoll.planner.serving.Solved;
import java.util.Arrays;
import java.util.List;

/// What `--solve` takes.
final class SolveNames {
    private static final int SUGGESTIONS = 2;

    private SolveNames() {}

    /// @throws InputException naming all of them
    static Solved.Question question(String asked) {
        for (Solved.Question question : Solved.Question.values()) {
            if (question.word().equals(asked)) {
                return question;
            }
        }
        List<String> names = Arrays.stream(Solved.Question.values())
                .map(Solved.Question::word)
                .toList();
        throw InputException.usage(
                "--solve: found '" + Text.printable(asked) + "', expected one of " + String.join(", ", names),
                "The nearest are " + String.join(", ", Nearest.of(asked, names, SUGGESTIONS)) + ".");
    }
}
