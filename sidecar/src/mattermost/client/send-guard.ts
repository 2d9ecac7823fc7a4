import type { Dispatcher } from 'undici';

/** Throws when a request must not be sent any more. */
export type LastLook = () => void;

type Options = Dispatcher.DispatchOptions & { lastLook?: LastLook | undefined };

/**
 * Looks once more right before the first byte of a request is written. It may have waited for a free connection, and the process may
 * have been asleep meanwhile: what it was allowed to send then may be somebody else's by now.
 */
export function withLastLook(dispatcher: Dispatcher): Dispatcher {
  return dispatcher.compose((dispatch) => (options: Options, handler) => {
    const { lastLook } = options;
    return dispatch(options, lastLook ? guarded(handler, lastLook) : handler);
  });
}

function guarded(handler: Dispatcher.DispatchHandler, lastLook: LastLook): Dispatcher.DispatchHandler {
  return {
    onRequestStart: (controller, context) => {
      handler.onRequestStart?.(controller, context);
      try {
        lastLook();
      } catch (error) {
        controller.abort(error instanceof Error ? error : new Error(String(error)));
      }
    },
    onRequestUpgrade: (...given) => handler.onRequestUpgrade?.(...given),
    onResponseStart: (...given) => handler.onResponseStart?.(...given),
    onResponseData: (...given) => handler.onResponseData?.(...given),
    onResponseEnd: (...given) => handler.onResponseEnd?.(...given),
    onResponseError: (...given) => handler.onResponseError?.(...given),
  };
}
