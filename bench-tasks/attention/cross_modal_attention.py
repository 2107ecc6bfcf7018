"""Text attends to image patches: both are first projected to the text's width, then multi-head attention takes queries
from the text, keys and values from the image.

text: float32 [batch_size, text_len, d_model_text], img: float32 [batch_size, num_patches, d_model_img], both uniform in
[0, 1). q_proj: Linear d_model_text to d_model_text, kv_proj: Linear d_model_img to d_model_text, mha: attention of
width d_model_text with projections of its own. out: float32 [batch_size, text_len, d_model_text].
Two linear maps in a row could be multiplied into one beforehand. 196 patches at full size are no multiple of a tile.
"""

import torch
import torch.nn as nn

batch_size = 4
text_len = 32
num_patches = 196
d_model_text = 256
d_model_img = 512
num_heads = 8

PRESETS = {
    "small": {
        "batch_size": 2,
        "text_len": 12,
        "num_patches": 132,
        "d_model_text": 44,
        "d_model_img": 60,
        "num_heads": 4,
    },
    "odd": {"batch_size": 1, "text_len": 7, "num_patches": 49, "d_model_text": 21, "d_model_img": 33, "num_heads": 3},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, d_model_text, d_model_img, num_heads):
        super().__init__()
        self.q_proj = nn.Linear(d_model_text, d_model_text)
        self.kv_proj = nn.Linear(d_model_img, d_model_text)
        self.mha = nn.MultiheadAttention(d_model_text, num_heads, batch_first=True)

    def forward(self, text, img):
        image = self.kv_proj(img)
        out, _ = self.mha(self.q_proj(text), image, image)
        return out


def get_inputs():
    return [torch.rand(batch_size, text_len, d_model_text), torch.rand(batch_size, num_patches, d_model_img)]


def get_init_inputs():
    return [d_model_text, d_model_img, num_heads]
