"""A vision transformer: patches through a linear layer, a class token before them, positions added, a transformer
encoder, and a small perceptron on the class token.

img: float32 [batch_size, channels, image_size, image_size], uniform in [0, 1). cls_token: float32 [1, 1, dim],
pos_embedding: float32 [1, patches + 1, dim], both standard normal. Each encoder layer, normalising after each step: x =
norm1(x + attention(x)), x = norm2(x + linear2(relu(linear1(x)))). Dropouts have probability 0. out: float32
[batch_size, num_classes] = mlp_head of the class token: linear, exact GELU, linear.
Of the last layer only the class token's place counts for the result; PyTorch computes all 197.

Strict variant of arch/vision_transformer. The published encoder takes the batch for the sequence, so that patches never
meet and the class token's result depends on no image; here it takes the second axis, the patches.
"""

import torch
import torch.nn as nn

batch_size = 2
image_size = 224
patch_size = 16
num_classes = 10
dim = 512
depth = 6
heads = 8
mlp_dim = 2048
channels = 3
dropout = 0.0
emb_dropout = 0.0

PRESETS = {
    "small": {
        "batch_size": 3,
        "image_size": 12,
        "patch_size": 4,
        "num_classes": 12,
        "dim": 20,
        "depth": 3,
        "heads": 5,
        "mlp_dim": 44,
    },
    "odd": {
        "batch_size": 1,
        "image_size": 15,
        "patch_size": 5,
        "num_classes": 7,
        "dim": 21,
        "depth": 3,
        "heads": 3,
        "mlp_dim": 35,
    },
    "full": {},
}


class Model(nn.Module):
    def __init__(
        self,
        image_size,
        patch_size,
        num_classes,
        dim,
        depth,
        heads,
        mlp_dim,
        channels=3,
        dropout=0.1,
        emb_dropout=0.1,
    ):
        super().__init__()
        self.patch_size = patch_size
        patches = (image_size // patch_size) ** 2
        self.pos_embedding = nn.Parameter(torch.randn(1, patches + 1, dim))
        self.patch_to_embedding = nn.Linear(channels * patch_size**2, dim)
        self.cls_token = nn.Parameter(torch.randn(1, 1, dim))
        self.dropout = nn.Dropout(emb_dropout)
        layer = nn.TransformerEncoderLayer(dim, heads, dim_feedforward=mlp_dim, dropout=dropout, batch_first=True)
        self.transformer = nn.TransformerEncoder(layer, num_layers=depth, enable_nested_tensor=False)
        self.mlp_head = nn.Sequential(
            nn.Linear(dim, mlp_dim), nn.GELU(), nn.Dropout(dropout), nn.Linear(mlp_dim, num_classes)
        )

    def forward(self, img):
        p = self.patch_size
        # Channels stay outermost when the axes are merged, as published: a row of values is no patch of the image.
        values = img.unfold(2, p, p).unfold(3, p, p).reshape(img.size(0), -1, p * p * img.size(1))
        tokens = torch.cat((self.cls_token.expand(img.size(0), -1, -1), self.patch_to_embedding(values)), dim=1)
        tokens = self.transformer(self.dropout(tokens + self.pos_embedding))
        return self.mlp_head(tokens[:, 0])


def get_inputs():
    return [torch.rand(batch_size, channels, image_size, image_size)]


def get_init_inputs():
    return [image_size, patch_size, num_classes, dim, depth, heads, mlp_dim, channels, dropout, emb_dropout]
