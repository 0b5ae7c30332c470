//! The standard output and error of this process, as those of a program. What could not be written is remembered: a
//! program learns no more than that its write failed.

use std::io::{self, Write};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamError, StreamResult};

/// The last error of a stream that was not a reader's going away, as a message.
pub(crate) type Problem = Arc<Mutex<Option<String>>>;

/// One of the two streams.
#[derive(Clone)]
pub(crate) struct HostStream {
    which: Which,
    problem: Problem,
}

#[derive(Clone, Copy)]
enum Which {
    Output,
    Error,
}

impl HostStream {
    /// Standard output.
    pub(crate) fn output(problem: &Problem) -> HostStream {
        HostStream {
            which: Which::Output,
            problem: problem.clone(),
        }
    }

    /// Standard error.
    pub(crate) fn error(problem: &Problem) -> HostStream {
        HostStream {
            which: Which::Error,
            problem: problem.clone(),
        }
    }

    /// Writes all of the bytes; what is still in a buffer would be lost with a full device.
    fn put(&self, bytes: &[u8]) -> io::Result<()> {
        let written = match self.which {
            Which::Output => {
                let mut stream = io::stdout().lock();
                stream.write_all(bytes).and_then(|()| stream.flush())
            }
            Which::Error => io::stderr().lock().write_all(bytes),
        };
        if let Err(error) = &written
            && error.kind() != io::ErrorKind::BrokenPipe
            && let Ok(mut problem) = self.problem.lock()
        {
            let stream = match self.which {
                Which::Output => "standard output",
                Which::Error => "standard error",
            };
            *problem = Some(format!("cannot write to {stream}: {error}"));
        }
        written
    }
}

impl IsTerminal for HostStream {
    fn is_terminal(&self) -> bool {
        match self.which {
            Which::Output => io::IsTerminal::is_terminal(&io::stdout()),
            Which::Error => io::IsTerminal::is_terminal(&io::stderr()),
        }
    }
}

impl StdoutStream for HostStream {
    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }

    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        Box::new(self.clone())
    }
}

impl OutputStream for HostStream {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.put(&bytes).map_err(|error| match error.kind() {
            io::ErrorKind::BrokenPipe => StreamError::Closed,
            _ => StreamError::LastOperationFailed(error.into()),
        })
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        // As much as wasmtime's own streams take at once.
        Ok(64 << 10)
    }
}

/// It is always ready.
impl Pollable for HostStream {
    fn ready<'a, 'f>(&'a mut self) -> Pin<Box<dyn Future<Output = ()> + Send + 'f>>
    where
        'a: 'f,
        Self: 'f,
    {
        Box::pin(std::future::ready(()))
    }
}

impl AsyncWrite for HostStream {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Poll::Ready(self.put(bytes).map(|()| bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}
