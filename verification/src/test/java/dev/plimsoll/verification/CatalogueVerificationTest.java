package dev.plimsoll.verification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.formats.model.Catalogue;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.failure.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Every model of the catalogue, shrunk: all figures equal, or refused for what docs/verification.md says.
class CatalogueVerificationTest {
    private static final Path PAGE = Path.of("..", "docs", "verification.md");
    private static final String HEADING = "| found | models |";

    static Stream<String> executed() throws IOException {
        Map<String, String> refused = refused();
        return Catalogue.names().stream().filter(name -> !refused.containsKey(name));
    }

    static Stream<Map.Entry<String, String>> refusals() throws IOException {
        return refused().entrySet().stream();
    }

    /// By model, what the page says that the engine finds and does not execute.
    private static Map<String, String> refused() throws IOException {
        List<String> lines = Files.readAllLines(PAGE);
        Map<String, String> refused = new TreeMap<>();
        lines.stream()
                .skip(lines.indexOf(HEADING) + 2L)
                .takeWhile(line -> line.startsWith("|"))
                .map(line -> line.split("\\|"))
                .forEach(cells ->
                        Stream.of(cells[2].split(",")).forEach(model -> refused.put(model.strip(), cells[1].strip())));
        return refused;
    }

    @ParameterizedTest
    @MethodSource("executed")
    void aShrunkModelDoesWhatWasPredicted(String name) {
        for (Verified run : new Verifier(2, Long.MAX_VALUE).shrunk(name, Models.read(name))) {
            assertThat(run.differences()).as(run.what()).isEmpty();
            assertThat(run.rows()).hasSizeGreaterThan(30);
        }
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void aModelThatIsNotExecutedIsRefusedForWhatThePageSays(Map.Entry<String, String> refusal) {
        String name = refusal.getKey();
        Transformer transformer = Models.read(name);
        List<String> operators = transformer.parts().stream()
                .flatMap(part -> part.runs().stream())
                .flatMap(run -> run.block().operators().stream())
                .map(operator -> name + ": " + operator.name() + ": ")
                .toList();
        assertThatThrownBy(() -> new Verifier(2, Long.MAX_VALUE).shrunk(name, transformer))
                .isInstanceOfSatisfying(
                        InputException.class, thrown -> assertThat(operators).anyMatch(thrown.getMessage()::startsWith))
                .hasMessageContaining("found " + refusal.getValue() + ", expected")
                .hasMessageContaining("not executed yet");
    }

    @Test
    void thePageSaysHowManyModelsAreExecuted() throws IOException {
        assertThat(Catalogue.names()).containsAll(refused().keySet());
        assertThat(Files.readString(PAGE))
                .contains("%d of the catalogue's %d models"
                        .formatted(executed().count(), Catalogue.names().size()));
    }
}
