# The command in a container, writing into the directory that is mounted at /runs:
#   docker build -t gradnet-run .
#   docker run --rm --user "$(id -u)" -v "$PWD":/runs gradnet-run rows=10
# torch brings gigabytes for graphics cards with it, unless an index that has it without them is named:
#   docker build --build-arg PIP_EXTRA_INDEX_URL=ADDRESS -t gradnet-run .

FROM python:3.13-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY conf conf
COPY gradnet_cli gradnet_cli
RUN python -m pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.13-slim
ARG PIP_EXTRA_INDEX_URL
COPY constraints.txt /source/constraints.txt
COPY --from=build /wheels /source/wheels
RUN python -m pip install --no-cache-dir --constraint /source/constraints.txt /source/wheels/*.whl \
    && useradd --create-home --uid 1000 runner \
    && install --directory --owner=runner /runs
# Whoever runs it may have no home here; Matplotlib keeps its list of fonts there.
ENV MPLCONFIGDIR=/var/tmp/matplotlib
USER 1000
WORKDIR /runs
ENTRYPOINT ["gradnet-run"]
