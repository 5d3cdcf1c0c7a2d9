#!/bin/bash
torchrun --nproc_per_node 8 --nnodes 16 pretrain_gpt.py \
  --num-layers 48 --hidden-size 6144 --num-attention-heads 64 --seq-length 2048 --max-position-embeddings 2048 \
  --micro-batch-size 4 --global-batch-size 512 --tensor-model-parallel-size 8 --pipeline-model-parallel-size 2 \
  --bf16 --use-distributed-optimizer --sequence-parallel \
  --recompute-granularity full --recompute-method uniform --recompute-num-layers 1 \
  --train-iters 1000 --lr 1e-4
