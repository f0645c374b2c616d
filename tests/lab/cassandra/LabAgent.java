package lab;

import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.StandardMBean;
import org.apache.cassandra.auth.AuthenticatedUser;
import org.apache.cassandra.auth.IRoleManager;
import org.apache.cassandra.auth.RoleOptions;
import org.apache.cassandra.auth.RoleResource;
import org.apache.cassandra.config.DatabaseDescriptor;
import org.apache.cassandra.cql3.ColumnSpecification;
import org.apache.cassandra.cql3.QueryProcessor;
import org.apache.cassandra.cql3.UntypedResultSet;
import org.apache.cassandra.db.ConsistencyLevel;

/**
 * Runs CQL and writes roles inside Cassandra, without a log-in, for the management API beside it.
 *
 * The MBean appears once clients are served: touching Cassandra's classes earlier would break its start.
 */
public final class LabAgent {
    private static final String STORAGE = "org.apache.cassandra.db:type=StorageService";

    public interface Cql {
        List<Map<String, Object>> query(String statement);

        void createRole(String name, String password, boolean superuser, boolean login);

        void dropRole(String name);
    }

    public static void premain(String arguments) {
        Thread waiting = new Thread(LabAgent::registerWhenServing, "lab-agent");
        waiting.setDaemon(true);
        waiting.start();
    }

    private static void registerWhenServing() {
        try {
            MBeanServer server = ManagementFactory.getPlatformMBeanServer();
            ObjectName storage = new ObjectName(STORAGE);
            while (!server.isRegistered(storage)
                    || !Boolean.TRUE.equals(server.getAttribute(storage, "NativeTransportRunning"))) {
                Thread.sleep(200);
            }
            server.registerMBean(new StandardMBean(new Inside(), Cql.class), new ObjectName("lab:type=Cql"));
        } catch (Exception problem) {
            problem.printStackTrace();
        }
    }

    private static final class Inside implements Cql {
        @Override
        public List<Map<String, Object>> query(String statement) {
            List<Map<String, Object>> rows = new ArrayList<>();
            UntypedResultSet found = QueryProcessor.process(statement, ConsistencyLevel.ONE);
            if (found != null) {
                found.forEach(row -> rows.add(values(row)));
            }
            return rows;
        }

        @Override
        public void createRole(String name, String password, boolean superuser, boolean login) {
            RoleOptions options = new RoleOptions();
            options.setOption(IRoleManager.Option.PASSWORD, password);
            options.setOption(IRoleManager.Option.SUPERUSER, superuser);
            options.setOption(IRoleManager.Option.LOGIN, login);
            DatabaseDescriptor.getRoleManager().createRole(AuthenticatedUser.SYSTEM_USER, RoleResource.role(name), options);
        }

        @Override
        public void dropRole(String name) {
            DatabaseDescriptor.getRoleManager().dropRole(AuthenticatedUser.SYSTEM_USER, RoleResource.role(name));
        }

        private static Map<String, Object> values(UntypedResultSet.Row row) {
            Map<String, Object> values = new LinkedHashMap<>();
            for (ColumnSpecification column : row.getColumns()) {
                ByteBuffer bytes = row.getBytes(column.name.toString());
                values.put(column.name.toString(), bytes == null ? null : column.type.compose(bytes));
            }
            return values;
        }
    }
}
