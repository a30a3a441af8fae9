/** The relay's thread. It relays and nothing else, so that neither decoding nor the screen nor their garbage delay it. */
import { parentPort } from 'node:worker_threads'
import type { ToWorker, WorkerInit } from './messages.ts'
import { runRelay } from './relay-thread.ts'

const port = parentPort
if (!port) throw new Error('worker.ts runs in a thread')

// The first message says what to do; until it comes the thread has loaded what it needs.
port.once('message', (init: WorkerInit) =>
  runRelay(init, {
    send: (message, transfer) => port.postMessage(message, transfer),
    receive: (listener) => void port.on('message', (message: ToWorker) => listener(message)),
    end: () => port.close(),
  }),
)
