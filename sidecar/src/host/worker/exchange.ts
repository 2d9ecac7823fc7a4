/** Messages of one exchange, to be read one after the other. */
export interface Inbox<Message> {
  push(message: Message): void;
  /** Ends the reading with an error, after what has come. */
  fail(error: Error): void;
  /** @throws the error of `fail`. */
  next(): Promise<Message>;
}

export function createInbox<Message>(): Inbox<Message> {
  const waiting: Message[] = [];
  let failure: Error | undefined;
  let reader: PromiseWithResolvers<void> | undefined;
  const wake = () => {
    reader?.resolve();
    reader = undefined;
  };
  return {
    push: (message) => {
      waiting.push(message);
      wake();
    },
    fail: (error) => {
      failure ??= error;
      wake();
    },
    next: async () => {
      for (;;) {
        const message = waiting.shift();
        if (message !== undefined) return message;
        if (failure !== undefined) throw failure;
        reader ??= Promise.withResolvers<void>();
        await reader.promise;
      }
    },
  };
}

/** Bytes that may be sent: `take` waits for some and returns how many of those wanted. */
export interface Credit {
  add(bytes: number): void;
  take(wanted: number): Promise<number>;
  /** Lets all that wait go on with 0: nothing more is to be sent. */
  close(): void;
}

export function createCredit(initial: number): Credit {
  let left = initial;
  let closed = false;
  let waiting: PromiseWithResolvers<void> | undefined;
  const wake = () => {
    waiting?.resolve();
    waiting = undefined;
  };
  return {
    add: (bytes) => {
      left += bytes;
      wake();
    },
    take: async (wanted) => {
      while (left <= 0 && !closed) {
        waiting ??= Promise.withResolvers<void>();
        await waiting.promise;
      }
      if (closed) return 0;
      const taken = Math.min(left, wanted);
      left -= taken;
      return taken;
    },
    close: () => {
      closed = true;
      wake();
    },
  };
}
