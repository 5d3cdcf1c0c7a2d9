package dev.plimsoll.formats.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.formats.launch.LaunchImport.Ignored;
import dev.plimsoll.formats.launch.LaunchMethod.Recomputes;
import dev.plimsoll.formats.model.MegatronShape;
import dev.plimsoll.model.execution.DropoutRates;
import dev.plimsoll.model.execution.Parallelism;
import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.execution.Parallelism.SequenceSplit;
import dev.plimsoll.model.execution.Parallelism.Sharding;
import dev.plimsoll.model.execution.Recomputation;
import dev.plimsoll.model.execution.Recomputation.LayerPattern;
import dev.plimsoll.model.execution.Recomputation.Piece;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MegatronReaderTest {
    @Test
    void aScriptWithArraysAndVariablesIsReadAsTheShellWouldRunIt() {
        LaunchImport read = read("""
                #!/bin/bash
                # Trains a model.
                export CUDA_DEVICE_MAX_CONNECTIONS=1
                GPUS_PER_NODE=8
                NNODES=${NNODES:-16}   # nodes
                WORLD_SIZE=$(($GPUS_PER_NODE * $NNODES))
                TP=8
                MODEL=(
                    --num-layers 80      # as published
                    --hidden-size 8192
                    --num-attention-heads 64
                    --group-query-attention --num-query-groups 8
                    --ffn-hidden-size 28672
                    --seq-length 8192
                    --swiglu --disable-bias-linear --untie-embeddings-and-output-weights
                )
                BATCH="--micro-batch-size 1 --global-batch-size $((8*WORLD_SIZE))"
                LAYOUT=(--tensor-model-parallel-size "$TP" --pipeline-model-parallel-size=4)
                LAYOUT+=(--num-layers-per-virtual-pipeline-stage 5 --sequence-parallel --use-distributed-optimizer)
                torchrun --nproc_per_node $GPUS_PER_NODE --nnodes $NNODES pretrain_gpt.py \\
                    "${MODEL[@]}" ${LAYOUT[@]} \\
                    $BATCH --bf16 --data-path '/data/my corpus' --frobnicate 3
                """);
        LaunchSettings settings = read.settings();
        assertThat(settings.profile()).isEqualTo("megatron-te");
        assertThat(settings.layout().devices()).hasValue(8 * 16);
        Parallelism layout = settings.layout().on(128);
        assertThat(layout.tensor()).isEqualTo(new Parallelism.TensorParallel(8, SequenceSplit.SPLIT));
        assertThat(layout.pipeline().degree()).isEqualTo(4);
        assertThat(layout.pipeline().chunks()).isEqualTo(80 / 4 / 5);
        assertThat(layout.data()).isEqualTo(new Parallelism.DataParallel(4, 4, Sharding.OPTIMIZER));
        assertThat(settings.batch().globalBatch()).hasValue(8 * 128);
        assertThat(settings.batch().sequenceLength()).hasValue(8192);
        assertThat(settings.method().precision()).contains(LaunchPrecision.mixed(DataType.BF16, DataType.F32));
        assertThat(settings.method().dropout()).contains(new DropoutRates(0.1, 0.1, 0.1));
        assertThat(read.ignored())
                .contains(new Ignored(
                        "--data-path", "/data/my corpus", "data: changes neither memory nor time of a step"))
                .contains(new Ignored("--frobnicate", "3", "not read by Plimsoll"));
    }

    @Test
    void theShapeIsReadWithMegatronsDefaults() {
        LaunchModel model = read("--num-layers 96 --hidden-size 12288 --num-attention-heads 96 --num-query-groups 8")
                .settings()
                .model();
        assertThat(model).isInstanceOfSatisfying(LaunchModel.Shape.class, shape -> {
            assertThat(shape.sizes().layers()).isEqualTo(96);
            // Groups count only with --group-query-attention.
            assertThat(shape.sizes().keyValueHeads()).isEmpty();
            assertThat(shape.sizes().switches())
                    .isEqualTo(new MegatronShape.Switches(
                            "LayerNorm",
                            "learned_absolute",
                            MegatronShape.Choice.NO,
                            MegatronShape.Choice.YES,
                            MegatronShape.Choice.YES));
            assertThat(shape.sizes().assumed()).contains("--vocab-size 51200");
        });
    }

    @Test
    void whatTheScriptDoesNotSetIsReportedNotGuessed() {
        LaunchImport read = read("""
                if [ "$1" = big ]; then TP=8; else TP=4; fi
                python pretrain_gpt.py --tensor-model-parallel-size $TP --micro-batch-size ${2} \\
                  --seq-length $(cat length) --global-batch-size 64
                """);
        assertThat(read.ignored())
                .contains(
                        new Ignored(
                                "--tensor-model-parallel-size",
                                "${TP}",
                                "holds ${TP}, which the script does not set: Megatron's default is taken"),
                        new Ignored(
                                "--micro-batch-size",
                                "${2}",
                                "holds ${2}, which the script does not set: Megatron's default is taken"),
                        new Ignored(
                                "--seq-length",
                                "$(cat length)",
                                "holds $(cat length), which the script does not set: Megatron's default is taken"));
        assertThat(read.settings().batch().globalBatch()).hasValue(64);
        assertThat(read.settings().batch().microBatch()).isEmpty();
    }

    @Test
    void aCommandGivenToAnotherShellIsReadToo() {
        LaunchImport read = read("""
                OPTIONS=" --tensor-model-parallel-size 2 \\
                  --micro-batch-size 4 "
                srun sh -c "python -u pretrain_gpt.py ${OPTIONS} --fp16"
                """);
        assertThat(read.settings().layout().tensor().degree()).isEqualTo(2);
        assertThat(read.settings().batch().microBatch()).hasValue(4);
        assertThat(read.settings().method().precision()).contains(LaunchPrecision.mixed(DataType.F16, DataType.F16));
    }

    @Test
    void oldNamesAndPlimsollsOwnAreAliases() {
        LaunchSettings old = read("--model-parallel-size 4 --batch_size 2 --checkpoint-activations --cp 2")
                .settings();
        assertThat(old.layout().tensor().degree()).isEqualTo(4);
        assertThat(old.layout().context().degree()).isEqualTo(2);
        assertThat(old.batch().microBatch()).hasValue(2);
        assertThat(old.method().recomputation())
                .isEqualTo(new Recomputes.Exactly(Recomputation.everywhere(Piece.LAYER)));
    }

    @Test
    void recomputationIsReadInEachOfItsForms() {
        assertThat(recomputed("--recompute-activations --bf16"))
                .isEqualTo(Recomputation.everywhere(Piece.CORE_ATTENTION));
        assertThat(recomputed("--recompute-granularity selective --recompute-modules layernorm moe_act mla_up_proj"))
                .isEqualTo(Recomputation.everywhere(Piece.NORMALIZATION, Piece.ACTIVATION, Piece.LATENT_UP_PROJECTION));
        assertThat(recomputed("--recompute-granularity full --recompute-method block --recompute-num-layers 7"))
                .isEqualTo(new Recomputation(Set.of(Piece.LAYER), new LayerPattern.First(7)));
        assertThat(recomputed("--bf16")).isEqualTo(Recomputation.NONE);
    }

    @Test
    void aWrittenOutLayoutSaysHowManyLayersStandOnEachChunk() {
        Parallelism.PipelineParallel pipeline =
                read("--pipeline-model-parallel-size 4 --pipeline-model-parallel-layout 'E,t*3|(t|)*5tt*2|L'")
                        .settings()
                        .layout()
                        .pipeline();
        assertThat(pipeline.layers()).containsExactly(3, 1, 1, 1, 1, 1, 3, 0);
        assertThat(pipeline.chunks()).isEqualTo(8 / 4);
    }

    @Test
    void aFirstAndALastStageOfTheirOwnLeaveTheRestEvenlyDealtOut() {
        Parallelism.PipelineParallel pipeline = read("--num-layers 61 --pipeline-model-parallel-size 4"
                        + " --decoder-first-pipeline-num-layers 14 --decoder-last-pipeline-num-layers 15")
                .settings()
                .layout()
                .pipeline();
        assertThat(pipeline.layers()).containsExactly(14, (61 - 14 - 15) / 2, (61 - 14 - 15) / 2, 15);
    }

    @Test
    void fullShardingAndContextParallelismAreRead() {
        LaunchLayout layout =
                read("--use-megatron-fsdp --data-parallel-sharding-strategy optim_grads --cp-comm-type a2a"
                                + " --context-parallel-size 2 --num-distributed-optimizer-instances 2")
                        .settings()
                        .layout();
        assertThat(layout.context().exchange()).isEqualTo(ContextExchange.ALL_TO_ALL);
        assertThat(layout.on(16).data()).isEqualTo(new Parallelism.DataParallel(8, 4, Sharding.GRADIENTS));
    }

    @Test
    void devicesThatCannotHoldTheLayoutAreAPlaceToBeFilledIn() {
        LaunchImport read = read("--nproc-per-node 8 --tensor-model-parallel-size 8 --pipeline-model-parallel-size 16");
        assertThat(read.settings().layout().devices()).isEmpty();
        assertThat(read.ignored()).extracting(Ignored::entry).containsExactly("--nproc-per-node, --nnodes");
    }

    @Test
    void sizesOfAModelOfExpertsAreNotTakenForADenseOne() {
        LaunchImport read =
                read("--num-layers 32 --hidden-size 4096 --num-attention-heads 32 --num-experts 8 --moe-router-topk 2");
        assertThat(read.settings().model()).isEqualTo(new LaunchModel.Unsaid());
        assertThat(read.ignored())
                .contains(new Ignored("--num-experts", "8", "a shape beyond a dense decoder: name the model itself"));
    }

    @Test
    void samplesTellTheStepsWithABatch() {
        assertThat(read("--train-samples 6400 --global-batch-size 64")
                        .settings()
                        .batch()
                        .steps())
                .isEqualTo(OptionalLong.of(100));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "--bf16 --fp16; --bf16 beside --fp16",
                "--recompute-granularity selective --recompute-method block; selective recomputation with",
                "--num-layers 30 --pipeline-model-parallel-size 4 --num-layers-per-virtual-pipeline-stage 4; 30 layers, 4 stages",
                "--num-layers-per-virtual-pipeline-stage 4; without --num-layers",
                "--nproc-per-node 8 --micro-batch-size 3 --global-batch-size 64; a global batch of 64 and 24 sequences",
                "--train-iters 5 --train-samples 6; --train-iters beside --train-samples",
                "--tensor-model-parallel-size 0; found 0, expected a whole number of at least 1",
                "--micro-batch-size lots; found lots",
                "--micro-batch-size --bf16; no value",
                "--use-torch-fsdp2 --use-distributed-optimizer; one of them",
                "--hidden-dropout 2; a probability below 1",
                "python train.py --verbose; found no flag of Megatron-LM",
                "--bf16 'unclosed; found no second",
            })
    void whatCannotBeMeantIsRefused(String command, String cause) {
        assertThatThrownBy(() -> read(command))
                .isInstanceOf(InputException.class)
                .hasMessageContaining(cause);
    }

    @Test
    void scriptsThatGrowWithoutEndAreRefused() {
        StringBuilder script = new StringBuilder("A=0123456789\n");
        for (int i = 0; i < 40; i++) {
            script.append("A=$A$A\n");
        }
        assertThatThrownBy(() -> read(script + "python pretrain_gpt.py --bf16 $A"))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("more than 1 MiB");
    }

    private static Recomputation recomputed(String command) {
        LaunchMethod method = read(command).settings().method();
        return Optional.of(method.recomputation())
                .filter(Recomputes.Exactly.class::isInstance)
                .map(exactly -> ((Recomputes.Exactly) exactly).pieces())
                .orElseThrow();
    }

    private static LaunchImport read(String text) {
        return LaunchReader.read("train.sh", text.getBytes(StandardCharsets.UTF_8));
    }
}
