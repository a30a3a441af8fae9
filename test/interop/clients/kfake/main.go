// kfake, franz-go's broker for tests: one node on a port that the system chooses, its address on stdout. It ends when
// its stdin does.
package main

import (
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"github.com/twmb/franz-go/pkg/kfake"
)

func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, module := range info.Deps {
		if module.Path == "github.com/twmb/franz-go/pkg/kfake" {
			return module.Version
		}
	}
	return "unknown"
}

func main() {
	cluster, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.AllowAutoTopicCreation(), kfake.BrokerConfigs(map[string]string{
		"group.consumer.heartbeat.interval.ms": "500",
	}))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	defer cluster.Close()
	fmt.Println(cluster.ListenAddrs()[0], version())
	io.Copy(io.Discard, os.Stdin)
}
