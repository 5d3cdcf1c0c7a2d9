package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.formats.model.Catalogue;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// `plimsoll models`: what is built in.
class CatalogueAnswerTest {
    @Test
    void allAreListedWithArchitectureCountAndSource() {
        JsonNode models = Run.json("models").get("models");
        List<String> references = new ArrayList<>();
        for (JsonNode model : models) {
            references.add(model.get("reference").asString());
            assertThat(model.get("architecture").asString()).as("%s", model).isNotEmpty();
            assertThat(model.get("parameters").asLong()).as("%s", model).isPositive();
            assertThat(model.get("source").asString()).as("%s", model).hasSizeGreaterThan(20);
        }
        assertThat(references).isEqualTo(Catalogue.names()).hasSizeGreaterThan(60);
    }

    @Test
    void oneByItsNameShowsItsSource() {
        Run run = Run.of("models", "chinchilla-70b").answered();
        assertThat(run.out()).contains("chinchilla-70b", "source", "arXiv 2203.15556");
        assertThat(Run.json("models", "gpt2", "bert-base").get("models")).hasSize(2);
    }

    @Test
    void anUnknownNameIsRefusedWithTheNearest() {
        assertThat(Run.of("models", "llama-2-7q").refused(2).cause()).contains("llama-2-7b");
    }
}
