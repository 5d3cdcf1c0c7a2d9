package dev.plimsoll.formats.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.formats.launch.LaunchMethod.Recomputes;
import dev.plimsoll.formats.launch.LaunchPrecision.Products;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.execution.Recomputation.LayerPattern;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TorchtitanReaderTest {
    @Test
    void aConfigOfTheLastTomlDaysIsRead() {
        LaunchImport read = read("""
                # Llama 3 70B
                [job]
                description = "training"

                [model]
                name = "llama3"
                flavor = "70B"

                [optimizer]
                name = "AdamW"
                lr = 1.5e-4

                [training]
                local_batch_size = 8
                seq_len = 8_192
                steps = 1000

                [parallelism]
                data_parallel_replicate_degree = 2
                data_parallel_shard_degree = -1
                tensor_parallel_degree = 8
                pipeline_parallel_degree = 2

                [activation_checkpoint]
                mode = "full"

                [compile]
                enable = true
                """);
        LaunchSettings settings = read.settings();
        assertThat(settings.model()).isEqualTo(new LaunchModel.Published("llama-3.1-70b"));
        assertThat(settings.profile()).isEqualTo("torch-compile");
        assertThat(settings.layout().tensor()).isEqualTo(new Parallelism.TensorParallel(8, SequenceSplit.SPLIT));
        // 128 devices / (8 x 2) = 8 replicas, in 2 groups of 4.
        assertThat(settings.layout().on(128).data()).isEqualTo(new Parallelism.DataParallel(8, 4, Sharding.WEIGHTS));
        // The pipeline runs one sequence at a time unless told otherwise.
        assertThat(settings.batch().microBatch()).hasValue(1);
        assertThat(settings.batch().globalBatch(8)).hasValue(8 * 8);
        assertThat(settings.batch().sequenceLength()).hasValue(8192);
        assertThat(settings.method().recomputation())
                .isEqualTo(new Recomputes.Exactly(Recomputation.everywhere(Piece.LAYER)));
        assertThat(read.ignored()).anyMatch(entry -> entry.entry().equals("job.description"));
    }

    @Test
    void keysAreFoundWhereTheyStoodBefore() {
        LaunchSettings settings = read("""
                [model]
                name = "llama3"
                flavor = "405B"
                converters = "float8"
                [training]
                batch_size = 2
                data_parallel_shard_degree = 16
                tensor_parallel_degree = 4
                compile = true
                [experimental]
                pipeline_parallel_degree = 2
                pipeline_parallel_microbatches = 2
                pipeline_parallel_schedule = "Interleaved1F1B"
                [activation_checkpoint]
                mode = 'selective'
                selective_ac_option = '2'
                """).settings();
        assertThat(settings.layout().devices()).hasValue(4 * 2 * 16);
        assertThat(settings.layout().pipeline().chunks()).isEqualTo(2);
        assertThat(settings.batch().microBatch()).hasValue(1);
        assertThat(settings.method().precision())
                .contains(LaunchPrecision.mixed(DataType.BF16, DataType.F32).withProducts(Products.EIGHT_BIT));
        assertThat(settings.method().recomputation())
                .isEqualTo(new Recomputes.Exactly(new Recomputation(Set.of(Piece.LAYER), new LayerPattern.Every(2))));
    }

    @Test
    void theListOfModulesSaysWhatStandsOnEachStage() {
        Parallelism.PipelineParallel pipeline = read("""
                [parallelism]
                pipeline_parallel_degree = 2
                module_fqns_per_model_part = [["tok_embeddings", "layers.0"], ["layers.1", "layers.2", "norm", "output"]]
                """).settings().layout().pipeline();
        assertThat(pipeline.layers()).containsExactly(1, 2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "tensor_parallel_degree = 0; found 0, expected a whole number of at least 1",
                "tensor_parallel_degree = 'two'; expected a whole number",
                "tensor_parallel_degree = -1; expected a whole number of at least 1",
                "fsdp_reshard_after_forward = 'maybe'; expected default, always or never",
                "pipeline_parallel_degree = 2, not TOML; line 2",
            })
    void whatCannotBeMeantIsRefused(String entry, String cause) {
        assertThatThrownBy(() -> read("[parallelism]\n" + entry.replace('\'', '"') + "\n"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(cause);
    }

    @Test
    void aBatchThatTheReplicasCannotShareIsRefused() {
        assertThatThrownBy(() -> read("""
                [training]
                local_batch_size = 8
                global_batch_size = 100
                [parallelism]
                data_parallel_shard_degree = 4
                """))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("a global batch of 100 and 32 sequences at once");
    }

    private static LaunchImport read(String text) {
        return LaunchReader.read("train.toml", text.getBytes(StandardCharsets.UTF_8));
    }
}
