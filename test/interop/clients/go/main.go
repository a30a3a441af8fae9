// franz-go. The scenario and the shape of the result are described in ../py/scenario.py.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/plain"
	"github.com/twmb/franz-go/pkg/sasl/scram"
)

var padding = strings.Repeat("kafkascope ", 12)

type options struct {
	Topic             string   `json:"topic"`
	Group             string   `json:"group"`
	ClientID          string   `json:"clientId"`
	Partitions        int      `json:"partitions"`
	ReplicationFactor int      `json:"replicationFactor"`
	MessagesPerCodec  int      `json:"messagesPerCodec"`
	Codecs            []string `json:"codecs"`
	Consumers         int      `json:"consumers"`
	StaggerMs         int      `json:"staggerMs"`
	TimeoutMs         int      `json:"timeoutMs"`
	Expect            int      `json:"expect"`
	CaFile            string   `json:"caFile"`
	Transactional     bool     `json:"transactional"`
	Sasl              *struct {
		Mechanism string `json:"mechanism"`
		Username  string `json:"username"`
		Password  string `json:"password"`
	} `json:"sasl"`
}

type result struct {
	Client   string            `json:"client"`
	Version  string            `json:"version"`
	Topic    string            `json:"topic"`
	Group    string            `json:"group"`
	Codecs   []string          `json:"codecs"`
	Skipped  map[string]string `json:"skipped"`
	Produced int               `json:"produced"`
	Ms       int64             `json:"ms"`
	*groupResult
}

type groupResult struct {
	Settled     bool             `json:"settled"`
	Expected    int              `json:"expected"`
	Consumed    int              `json:"consumed"`
	PerConsumer []int            `json:"perConsumer"`
	Duplicates  int              `json:"duplicates"`
	Assignments int              `json:"assignments"`
	Altered     []string         `json:"altered"`
	Errors      []string         `json:"errors"`
	Committed   map[string]int64 `json:"committed"`
}

type client struct {
	options
	bootstrap string
	scenario  string
	ctx       context.Context
}

var compressions = map[string]kgo.CompressionCodec{
	"none": kgo.NoCompression(), "gzip": kgo.GzipCompression(), "snappy": kgo.SnappyCompression(),
	"lz4": kgo.Lz4Compression(), "zstd": kgo.ZstdCompression(),
}

func main() {
	c := client{bootstrap: os.Args[1], scenario: os.Args[2]}
	must(json.Unmarshal([]byte(os.Args[3]), &c.options))
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(c.TimeoutMs)*time.Millisecond)
	defer cancel()
	c.ctx = ctx
	r := c.play()
	line, err := json.Marshal(r)
	must(err)
	fmt.Println(string(line))
	if !sound(r) {
		os.Exit(1)
	}
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "franz-go:", err)
		os.Exit(1)
	}
}

func version() string {
	info, _ := debug.ReadBuildInfo()
	for _, dep := range info.Deps {
		if dep.Path == "github.com/twmb/franz-go" {
			return dep.Version
		}
	}
	return "unknown"
}

func (c *client) plays(part string) bool { return c.scenario == "full" || c.scenario == part }

func (c *client) play() result {
	began := time.Now()
	r := result{Client: "franz-go", Version: version(), Topic: c.Topic, Group: c.Group, Codecs: c.Codecs,
		Skipped: map[string]string{}}
	whole, half := c.MessagesPerCodec, c.MessagesPerCodec
	if c.scenario == "full" {
		half = whole / 2
	}
	if c.plays("create") {
		c.create()
	}
	if c.plays("produce") {
		r.Produced += c.produceAll(0, half)
	}
	if c.plays("consume") {
		r.groupResult = c.playGroup(func() int {
			if c.scenario != "full" {
				return c.Expect
			}
			r.Produced += c.produceAll(half, whole)
			return r.Produced
		})
	}
	r.Ms = time.Since(began).Milliseconds()
	return r
}

// playGroup starts the consumers, lets `rest` write what is still to come and say how much that makes, and waits for it.
func (c *client) playGroup(rest func() int) *groupResult {
	l := newLedger(c.Consumers)
	done, cancel := context.WithCancel(c.ctx)
	var consumers sync.WaitGroup
	for number := 0; number < c.Consumers; number++ {
		if number > 0 {
			time.Sleep(time.Duration(c.StaggerMs) * time.Millisecond)
		}
		consumers.Add(1)
		go func() {
			defer consumers.Done()
			if err := c.consume(done, number, l); err != nil {
				l.fail(number, err)
			}
		}()
	}
	c.wait(l, func() bool { return l.settled(c.Partitions) })
	g := &groupResult{Settled: l.settled(c.Partitions)}
	g.Expected = rest()
	c.wait(l, func() bool { return l.count() >= g.Expected })
	cancel()
	consumers.Wait()
	g.Consumed = l.count()
	g.PerConsumer, g.Assignments, g.Altered, g.Errors = l.perConsumer, l.assignments, l.altered, l.errors
	for _, n := range l.perConsumer {
		g.Duplicates += n
	}
	g.Duplicates -= g.Consumed
	g.Committed = c.committed()
	return g
}

func sound(r result) bool {
	if r.groupResult == nil {
		return true
	}
	var reached int64
	for _, offset := range r.Committed {
		reached += offset
	}
	// More than expected: a transaction's end marker takes an offset too, and a producer may have sent a batch twice.
	return r.Consumed == r.Expected && reached >= int64(r.Expected) && len(r.Altered) == 0 && len(r.Errors) == 0
}

func (c *client) wait(l *ledger, done func() bool) {
	for !done() && c.ctx.Err() == nil && !l.failed() {
		time.Sleep(50 * time.Millisecond)
	}
}

func (c *client) connect(id string, more ...kgo.Opt) *kgo.Client {
	opts := []kgo.Opt{kgo.SeedBrokers(strings.Split(c.bootstrap, ",")...), kgo.ClientID(id)}
	if c.CaFile != "" {
		pem, err := os.ReadFile(c.CaFile)
		must(err)
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(pem)
		opts = append(opts, kgo.DialTLSConfig(&tls.Config{RootCAs: pool}))
	}
	if s := c.Sasl; s != nil {
		login := scram.Auth{User: s.Username, Pass: s.Password}
		switch s.Mechanism {
		case "PLAIN":
			opts = append(opts, kgo.SASL(plain.Auth{User: s.Username, Pass: s.Password}.AsMechanism()))
		case "SCRAM-SHA-256":
			opts = append(opts, kgo.SASL(login.AsSha256Mechanism()))
		default:
			opts = append(opts, kgo.SASL(login.AsSha512Mechanism()))
		}
	}
	cl, err := kgo.NewClient(append(opts, more...)...)
	must(err)
	return cl
}

func (c *client) create() {
	cl := c.connect(c.ClientID)
	defer cl.Close()
	_, err := kadm.NewClient(cl).CreateTopic(c.ctx, int32(c.Partitions), int16(c.ReplicationFactor), nil, c.Topic)
	must(err)
}

func (c *client) produceAll(start, end int) int {
	for _, codec := range c.Codecs {
		must(c.produce(codec, start, end))
	}
	return len(c.Codecs) * (end - start)
}

func (c *client) produce(codec string, start, end int) error {
	opts := []kgo.Opt{kgo.ProducerBatchCompression(compressions[codec]), kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerLinger(20 * time.Millisecond)}
	if c.Transactional {
		opts = append(opts, kgo.TransactionalID(c.Group+"-tx"))
	}
	cl := c.connect(c.ClientID, opts...)
	defer cl.Close()
	if c.Transactional {
		if err := c.abortOne(cl); err != nil {
			return err
		}
		if err := cl.BeginTransaction(); err != nil {
			return err
		}
	}
	var records []*kgo.Record
	for i := start; i < end; i++ {
		records = append(records, &kgo.Record{
			Topic: c.Topic, Partition: int32(i % c.Partitions), Key: fmt.Appendf(nil, "k%d", i),
			Value:   fmt.Appendf(nil, "%s:%d:%s", codec, i, padding),
			Headers: []kgo.RecordHeader{{Key: "codec", Value: []byte(codec)}},
		})
	}
	if err := cl.ProduceSync(c.ctx, records...).FirstErr(); err != nil {
		return fmt.Errorf("%s: %w", codec, err)
	}
	if c.Transactional {
		return cl.EndTransaction(c.ctx, kgo.TryCommit)
	}
	return nil
}

// abortOne writes what nobody may read.
func (c *client) abortOne(cl *kgo.Client) error {
	if err := cl.BeginTransaction(); err != nil {
		return err
	}
	record := &kgo.Record{Topic: c.Topic, Value: []byte("aborted:0:must not be read")}
	if err := cl.ProduceSync(c.ctx, record).FirstErr(); err != nil {
		return err
	}
	return cl.EndTransaction(c.ctx, kgo.TryAbort)
}

func (c *client) consume(done context.Context, number int, l *ledger) error {
	isolation := kgo.ReadUncommitted()
	if c.Transactional {
		isolation = kgo.ReadCommitted()
	}
	cl := c.connect(fmt.Sprintf("%s-%d", c.ClientID, number),
		kgo.ConsumerGroup(c.Group), kgo.ConsumeTopics(c.Topic), kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()),
		kgo.DisableAutoCommit(), kgo.HeartbeatInterval(400*time.Millisecond), kgo.SessionTimeout(10*time.Second),
		kgo.FetchIsolationLevel(isolation), kgo.BlockRebalanceOnPoll(),
		kgo.OnPartitionsAssigned(func(_ context.Context, _ *kgo.Client, p map[string][]int32) { l.add(number, p[c.Topic]) }),
		kgo.OnPartitionsRevoked(func(_ context.Context, _ *kgo.Client, p map[string][]int32) { l.remove(number, p[c.Topic]) }),
		kgo.OnPartitionsLost(func(_ context.Context, _ *kgo.Client, p map[string][]int32) { l.remove(number, p[c.Topic]) }))
	defer cl.CloseAllowingRebalance()
	for done.Err() == nil {
		fetches := cl.PollRecords(done, 20)
		for _, e := range fetches.Errors() {
			if done.Err() == nil {
				return e.Err
			}
		}
		fetches.EachRecord(func(record *kgo.Record) { l.read(number, string(record.Value)) })
		if fetches.NumRecords() > 0 {
			if err := cl.CommitUncommittedOffsets(c.ctx); err != nil {
				return err
			}
		}
		cl.AllowRebalance()
	}
	return nil
}

func (c *client) committed() map[string]int64 {
	cl := c.connect(c.ClientID)
	defer cl.Close()
	answer, err := kadm.NewClient(cl).FetchOffsets(c.ctx, c.Group)
	must(err)
	offsets := map[string]int64{}
	answer.Each(func(o kadm.OffsetResponse) { offsets[fmt.Sprint(o.Partition)] = o.At })
	return offsets
}
