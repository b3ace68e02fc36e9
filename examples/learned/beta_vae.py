"""β-VAE: what a nat must bring
============================

Each nat that a latent keeps costs β. Latents that do not bring as much likelihood are
switched off. How many are left, what do they tell, and what is lost?
"""

# %%
# **Where the answer is known.** Five independent normal columns, a linear encoder and
# a linear decoder: rate and distortion are those of reverse water-filling. Columns of
# a variance below the level βσ² drown.
import numpy as np
from matplotlib import pyplot as plt
from sklearn.datasets import load_digits

from mifs.measures import representation_information
from mifs.representations import BetaVAE

variances, noise = np.array([4, 2, 1, 0.5, 0.25]), 0.5
rng = np.random.default_rng(0)
left, _, right = np.linalg.svd(rng.normal(size=(2000, 5)), full_matrices=False)
normal = np.sqrt(2000) * left @ right * np.sqrt(variances)
linear = {"encoder": "linear", "decoder": "linear", "noise_variance": noise}
linear |= {"learning_rate": 0.05, "batch_size": 256, "random_state": 0}
levels = np.geomspace(0.3, 4.5, 60)
rates = np.log(np.maximum(variances / levels[:, None], 1)).sum(axis=1) / 2
figure, ax = plt.subplots(figsize=(6.5, 3.5), layout="constrained")
ax.plot(rates, np.minimum(variances, levels[:, None]).sum(axis=1), label="closed form")
for beta in (1, 2, 4):
    model = BetaVAE(5, beta=beta, **linear).fit(normal)
    rate, distortion = model.rate_distortion_
    ax.plot(rate, distortion, "o", label=f"β = {beta}")
    active = int((model.kl_ > 0.02).sum())
    print(f"β = {beta}: {rate:.3f} nats, distortion {distortion:.2f}, {active} active")
ax.set(xlabel="rate (nats)", ylabel="distortion (summed squared error)")
ax.legend()
plt.show()

# %%
# **Digits.** 16 latents, and β from cheap to dear. The columns of the table: rate,
# distortion, active latents, and the most that one latent tells of the digit. Latents
# are drawn: a mean without its noise tells more than was paid for.
X, y = load_digits(return_X_y=True)
options = {"noise_variance": 4.0, "max_iter": 40, "learning_rate": 3e-3}
betas, fitted, alone = (0.5, 2, 8, 32, 128), {}, {}
print("   β    rate  distortion  active  most of one latent, nats")
for beta in betas:
    model = BetaVAE(16, beta=beta, random_state=0, **options).fit(X)
    mean, std = model.posterior(X)
    z = mean + std * rng.normal(size=mean.shape)
    told = representation_information(z, y).dimensions["label"]
    fitted[beta], alone[beta] = model, told.to_numpy()
    rate, distortion = model.rate_distortion_
    active = int((model.kl_ > 0.02).sum())
    print(f"{beta:5g} {rate:6.2f} {distortion:10.1f} {active:7d} {told.max():9.2f}")

# %%
# **Which latents live?** Left: D of each latent, in nats, sorted. Right: D beside
# I(z;y). A latent that is switched off tells nothing of the digit; of those that live,
# the dear ones are not always those that tell most: nobody asked for digits.
figure, (one, two) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
markers = ("o-", "s--", "D-.", "^:", "v-")
for (beta, model), style in zip(fitted.items(), markers, strict=True):
    one.plot(np.arange(1, 17), np.sort(model.kl_)[::-1], style, label=f"β = {beta:g}")
    two.plot(model.kl_, alone[beta], style[0], label=f"β = {beta:g}")
one.set(xlabel="latent, sorted", ylabel="D(q(z|x) || p(z)) (nats)")
two.set(xlabel="D(q(z|x) || p(z)) (nats)", ylabel="I(z;y) (nats)")
two.legend(loc="lower right")
plt.show()

# %%
# **The rate-distortion curve.** Each point is a model. At the left end nothing is kept,
# and every image is the mean one: the posterior has collapsed.
figure, ax = plt.subplots(figsize=(6.5, 3.5), layout="constrained")
points = [model.rate_distortion_ for model in fitted.values()]
ax.plot(*zip(*points, strict=True), "o-")
for beta, point in zip(fitted, points, strict=True):
    ax.annotate(f"β = {beta:g}", point, textcoords="offset points", xytext=(6, 3))
ax.axhline(X.var(axis=0).sum(), color="black", linewidth=1, linestyle=":")
ax.set(xlabel="rate (nats)", ylabel="distortion (summed squared error)")
ax.set(xlim=(-1, 31), ylim=(0, 1400))
plt.show()
