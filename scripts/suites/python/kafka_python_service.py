"""test/service.py is not in kafka-python's sdist; brokers run already, so nothing of it is ever used."""


class ExternalService:
    def __init__(self, host, port):
        raise NotImplementedError('brokers run already')


class SpawnedService:
    def __init__(self, args=None, env=None):
        raise NotImplementedError('brokers run already')
