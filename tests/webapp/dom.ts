import { Window } from 'happy-dom';

/** Gives the process a browser page at `url`; returns how to take it away. */
export function openPage(url = 'http://localhost:8065/'): { window: Window; close(): Promise<void> } {
  const window = new Window({ url });
  const scope = globalThis as Record<string, unknown>;
  const before = new Map(
    ['window', 'document', 'navigator'].map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]),
  );
  for (const name of before.keys()) {
    Object.defineProperty(globalThis, name, {
      configurable: true,
      value: name === 'window' ? window : (window as never)[name],
    });
  }
  scope.IS_REACT_ACT_ENVIRONMENT = true;
  return {
    window,
    async close() {
      for (const [name, descriptor] of before) {
        if (descriptor) Object.defineProperty(globalThis, name, descriptor);
        else Reflect.deleteProperty(globalThis, name);
      }
      await window.happyDOM.close();
    },
  };
}
