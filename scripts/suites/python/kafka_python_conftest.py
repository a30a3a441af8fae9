"""Lets kafka-python's integration tests use brokers that run already, of every transport.

Put as conftest.py into the root of its unpacked sdist by scripts/suites/python.sh. The suite would start Kafkas of its own
from a folder that the sdist lacks; instead each broker that a test asks for is one of those whose ports on localhost
stand in KAFKA_PLAIN, KAFKA_SSL and KAFKA_SASL (TLS with a login), with the CA of the latter two in SUITE_CA. No test is touched.
"""
import os
import shutil
import sys
import tempfile

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)
os.environ['KAFKA_ROOT'] = here

import kafka  # noqa: E402
from kafka.admin import NewTopic  # noqa: E402
from test.integration import fixtures  # noqa: E402

# The users that test/interop/suite-servers.ts makes: name and password of each mechanism.
LOGINS = {
    'PLAIN': ('test', 'testtest'),
    'SCRAM-SHA-256': ('testscram', 'testtestscram=256'),
    'SCRAM-SHA-512': ('testscram', 'testtestscram=512'),
}
PORTS = {'PLAINTEXT': 'KAFKA_PLAIN', 'SSL': 'KAFKA_SSL'}


enrich = fixtures.KafkaFixture._enrich_client_params


class RunningBroker:
    """What a broker that a test starts does instead: these take the place of KafkaFixture's own methods."""

    def open(self):
        self.host = 'localhost'
        self.port = int(os.environ[PORTS.get(self.transport, 'KAFKA_SASL')])
        if self.sasl_enabled:
            # Our listener with logins has TLS.
            self.transport = 'SASL_SSL'
            self.broker_user, self.broker_password = LOGINS[self.sasl_mechanism]
        self.ssl_dir = tempfile.mkdtemp()
        shutil.copy(os.environ['SUITE_CA'], os.path.join(self.ssl_dir, 'ca-cert'))
        self.child = self
        self.running = True
        # Before 3.0 the fixture keeps a client of its own, with which it creates topics.
        if hasattr(kafka, 'KafkaClient'):
            self._client = kafka.KafkaClient(**self._enrich_client_params({}, client_id='fixture'))

    def start(self):
        return True

    def stop(self):
        self.running = False

    def close(self):
        self.running = False

    def dump_logs(self):
        pass

    def _enrich_client_params(self, params, **defaults):
        if self.transport.endswith('SSL'):
            defaults.update(ssl_cafile=os.path.join(self.ssl_dir, 'ca-cert'), ssl_check_hostname=False)
        return enrich(self, params, **defaults)

    def _admin(self):
        return kafka.KafkaAdminClient(**self._enrich_client_params({}, client_id='fixture-admin'))

    def get_topic_names(self):
        """What the suite asks kafka-topics.sh."""
        admin = self._admin()
        try:
            return admin.list_topics()
        finally:
            admin.close()

    def _create_topic_via_cli(self, topic_name, num_partitions, replication_factor):
        admin = self._admin()
        try:
            admin.create_topics([NewTopic(topic_name, num_partitions or self.partitions, replication_factor or self.replicas)])
        finally:
            admin.close()


for name, method in vars(RunningBroker).items():
    if callable(method):
        setattr(fixtures.KafkaFixture, name, method)
