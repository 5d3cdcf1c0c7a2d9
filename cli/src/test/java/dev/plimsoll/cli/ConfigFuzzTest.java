package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.formats.fixtures.CpuTime;
import dev.plimsoll.formats.model.Catalogue;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.util.RawValue;

/// Published configs, damaged in one to three places: an answer or a refusal, never a fault of the program's own.
class ConfigFuzzTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final List<String> ABSURD = List.of(
            "0",
            "1",
            "-1",
            "2",
            "3",
            "7",
            "64",
            "1000",
            "1000003",
            "4294967296",
            "3037000500",
            "1000000000000000000",
            "9223372036854775807",
            "9223372036854775808",
            "1e300",
            "1e999",
            "0.5",
            "-0.0",
            "null",
            "true",
            "false",
            "\"\"",
            "\"64\"",
            "\"none\"",
            "\"full_attention\"",
            "\"\\u001b[31m\\n\"",
            "[]",
            "[1]",
            "[0, 0]",
            "[\"full_attention\", \"sliding_attention\"]",
            "{}",
            "{\"rope_type\": \"yarn\", \"factor\": 0}",
            "{\"quant_method\": \"gptq\", \"bits\": 0}");
    private static final String[][] QUESTIONS = {
        {"model", "-"},
        {"model", "-", "--explain", "--dtype", "q4_k_m"},
        {"kv", "-", "--explain", "--budget", "1GiB"},
        {"kv", "-", "--tokens", "128Ki", "--batch", "1000", "--kv-cache-dtype", "q8_0", "--block-size", "16"},
        {"flops", "-", "--explain"},
        {"flops", "-", "--phase", "decode", "--convention", "megatron"},
        {"explain", "parameters", "-"}
    };

    private static final List<String> NAMES = Catalogue.names();

    @Test
    void damagedConfigsAreAnsweredOrRefused() {
        for (long seed = 1; seed <= 2000; seed++) {
            check(seed);
        }
    }

    @Tag("slow")
    @Test
    void damagedConfigsAreAnsweredOrRefusedForLong() {
        long end = System.nanoTime() + Duration.ofMinutes(5).toNanos();
        for (long seed = 1_000_000; System.nanoTime() < end; seed++) {
            check(seed);
        }
    }

    private static void check(long seed) {
        Random random = new Random(seed);
        String name = NAMES.get(random.nextInt(NAMES.size()));
        ObjectNode config = config(name);
        for (int edits = 1 + random.nextInt(3); edits > 0; edits--) {
            edit(config, random);
        }
        String[] question = QUESTIONS[random.nextInt(QUESTIONS.length)];
        String what = "seed " + seed + ", " + name + ", " + String.join(" ", question) + ", " + config;
        CpuTime watch = CpuTime.started();
        Run run = Run.withInput(config.toString(), Run.asJson(question));
        Duration taken = watch.elapsed();
        assertThat(run.exitCode()).as("%s%n%s", what, run.err()).isIn(0, 2, 4);
        if (run.exitCode() != 0) {
            assertThat(run.err()).as(what).hasLineCount(2);
        }
        assertThat(run.err()).as(what).doesNotContain("\u001b");
        assertThat(taken).as(what).isLessThan(Duration.ofSeconds(5));
        run.tree();
    }

    private static void edit(ObjectNode config, Random random) {
        List<ObjectNode> objects = new ArrayList<>();
        collect(config, objects);
        ObjectNode object = objects.get(random.nextInt(objects.size()));
        List<String> keys = new ArrayList<>(object.propertyNames());
        if (keys.isEmpty()) {
            return;
        }
        String key = keys.get(random.nextInt(keys.size()));
        switch (random.nextInt(8)) {
            case 0, 1 -> object.remove(key);
            case 2 -> object.set(key, object.get(keys.get(random.nextInt(keys.size()))));
            case 3 -> foreign(object, random);
            default -> object.putRawValue(key, new RawValue(absurd(random)));
        }
    }

    /// A key of another model, with the value it has there.
    private static void foreign(ObjectNode object, Random random) {
        ObjectNode other = config(NAMES.get(random.nextInt(NAMES.size())));
        List<String> keys = new ArrayList<>(other.propertyNames());
        String key = keys.get(random.nextInt(keys.size()));
        object.set(key, other.get(key));
    }

    private static String absurd(Random random) {
        return random.nextInt(4) == 0
                ? Long.toString(random.nextLong() >> random.nextInt(63))
                : ABSURD.get(random.nextInt(ABSURD.size()));
    }

    private static void collect(JsonNode node, List<ObjectNode> objects) {
        if (node instanceof ObjectNode object) {
            objects.add(object);
        }
        node.values().forEach(child -> collect(child, objects));
    }

    private static ObjectNode config(String name) {
        String resource = "/dev/plimsoll/formats/catalogue/" + name + ".json";
        try (InputStream stream = Objects.requireNonNull(Catalogue.class.getResourceAsStream(resource), resource)) {
            return (ObjectNode) JSON.readTree(stream.readAllBytes()).get("config");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
