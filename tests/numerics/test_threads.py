from threadpoolctl import ThreadpoolController, threadpool_limits

from gradnet_cli.numerics.threads import limit_threads, single_threaded


def threads_of_blas() -> set[int]:
    return {pool["num_threads"] for pool in ThreadpoolController().info() if pool["user_api"] == "blas"}


def test_every_blas_takes_the_threads_it_is_allowed_and_one_within():
    with threadpool_limits():  # what was set before comes back
        limit_threads(2)
        before = threads_of_blas()
        with single_threaded():
            assert threads_of_blas() == {1}
        assert threads_of_blas() == before
        limit_threads(1)
        assert threads_of_blas() == {1}
