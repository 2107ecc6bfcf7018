"""NetVLAD with ghost clusters: local features are assigned softly to clusters, and each cluster sums its residuals.

x: float32 [batch_size, num_features, feature_size], uniform in [0, 1). clusters: float32 [feature_size, cluster_size +
ghost_clusters], clusters2: float32 [1, feature_size, cluster_size], the cluster centres; both normal with deviation 1 /
sqrt(feature_size). Assignments: softmax over clusters of batch_norm(x @ clusters), the norm over all features of the
batch; those to the last ghost_clusters are dropped: v[d, k] = sum over n of a[n, k] * (x[n, d] - clusters2[d, k]), each
cluster's v divided by its length, then all of v by its, times sqrt(feature_size * cluster_size). out: float32
[batch_size, feature_size * cluster_size]. Forward also moves batch_norm.running_mean, .running_var and
.num_batches_tracked.
Ghosts take weight from bad features, so that assignments no longer sum to 1. 400 MiB of features are needed twice at
full size, before and after the norm's statistics.

Strict variant of arch/net_vlad_with_ghost_clusters. Published results are the elements of a vector of length 1 and
below 0.1, where half-precision arithmetic is within the tolerance; here they are multiplied by the root of their
number.
"""

import math

import torch
import torch.nn as nn

batch_size = 2048
num_features = 100
cluster_size = 32
feature_size = 512
ghost_clusters = 16

PRESETS = {
    "small": {"batch_size": 3, "num_features": 10, "cluster_size": 12, "feature_size": 44, "ghost_clusters": 4},
    "odd": {"batch_size": 2, "num_features": 7, "cluster_size": 9, "feature_size": 33, "ghost_clusters": 5},
    "full": {},
}


class Model(nn.Module):
    def __init__(self, cluster_size, feature_size, ghost_clusters):
        super().__init__()
        self.cluster_size = cluster_size
        deviation = 1 / math.sqrt(feature_size)
        self.clusters = nn.Parameter(deviation * torch.randn(feature_size, cluster_size + ghost_clusters))
        self.batch_norm = nn.BatchNorm1d(cluster_size + ghost_clusters)
        self.clusters2 = nn.Parameter(deviation * torch.randn(1, feature_size, cluster_size))

    def forward(self, x, mask=None):
        scores = self.batch_norm(torch.matmul(x.flatten(0, 1), self.clusters))
        assignment = torch.softmax(scores, dim=1)[:, : self.cluster_size]
        assignment = assignment.unflatten(0, x.shape[:2])
        weight = torch.sum(assignment, dim=1, keepdim=True)
        vlad = torch.matmul(assignment.transpose(1, 2), x).transpose(1, 2) - weight * self.clusters2
        vlad = nn.functional.normalize(vlad, dim=1)
        vlad = vlad.flatten(1)
        return nn.functional.normalize(vlad, dim=1) * math.sqrt(vlad.size(1))


def get_inputs():
    return [torch.rand(batch_size, num_features, feature_size)]


def get_init_inputs():
    return [cluster_size, feature_size, ghost_clusters]
