//! Access to the process's sockets from outside of the framework, which offers none.

/// Calls `visit` with every socket that the process has, as far as the system lists them.
#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
pub fn each(mut visit: impl FnMut(&socket2::SockRef<'_>)) {
    use std::os::fd::BorrowedFd;

    let Ok(descriptors) = std::fs::read_dir("/proc/self/fd") else {
        return;
    };
    let numbers: Vec<i32> = descriptors
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .collect();
    for number in numbers {
        // SAFETY: the descriptor is borrowed only for calls of socket options and addresses, which fail with EBADF or
        // ENOTSOCK, and do nothing, where it was closed in the meantime or is no socket.
        let descriptor = unsafe { BorrowedFd::borrow_raw(number) };
        visit(&socket2::SockRef::from(&descriptor));
    }
}
